"""What an audit finds, months after the decision, in a small share of the decided claims.

The suspicion behind each finding is a function of facts known at submission, so that it can be learned.
"""

import numpy as np
from numpy.typing import NDArray

from claims.simulator import codes, draw
from claims.simulator.codes import PROCEDURE_CODES
from claims.simulator.meaning import Facts
from claims.simulator.submission import Columns, iso_dates

FINDINGS = ("UPCODING", "UNBUNDLING", "PHANTOM_SERVICE", "NONE")
AUDIT_DAYS = (25, 150)  # days from decision to finding: the least, and the span above it

BASE_LOGITS = (-6.9, -8.1, -6.6)  # of a finding about which nothing is suspicious
CLEAN = 0.025  # share of the claims that are audited and found clean

_HIGH_VISITS = [PROCEDURE_CODES.index(code) for code in ("99215", "99285")]
_APART = codes.MODIFIERS.index("59")
_USUAL_CHARGE = np.append(codes.usual_charges(), np.median(codes.usual_charges()))


def audit(
    rng: np.random.Generator,
    facts: Facts,
    adjudicated: NDArray[np.datetime64],
    end: np.datetime64,
) -> Columns:
    """Draw the findings on one chunk of claims.

    Parameters
    ----------
    rng
        The source of randomness of this chunk.
    facts
        What is known of the claims.
    adjudicated
        (claims,) days of the decisions, NaT if pending.
    end
        The first day on which nothing is found any more.

    Returns
    -------
    Columns
        audit_finding and audit_date, each (claims,).
    """
    size = len(adjudicated)
    probability = 1.0 / (1.0 + np.exp(-_suspicion(facts)))
    clean = np.full(size, CLEAN)
    unaudited = np.maximum(1.0 - probability.sum(axis=0) - clean, 0.0)
    finding = draw.one_of(rng, np.column_stack([*probability, clean, unaudited]), size)
    least, span = AUDIT_DAYS
    day = adjudicated + least + rng.integers(span, size=size)
    audited = (finding < len(FINDINGS)) & (day < end)  # NaT is before nothing
    return {
        "audit_finding": np.array([*FINDINGS, None], dtype=object)[np.where(audited, finding, -1)],
        "audit_date": iso_dates(np.where(audited, day, np.datetime64("NaT"))),
    }


def _suspicion(facts: Facts) -> NDArray[np.float64]:
    """Logits of the three findings, shape (3, claims)."""
    high_visit = facts.any_line(np.isin(facts.procedure, _HIGH_VISITS))
    apart = np.bincount(facts.owner[facts.modifier == _APART], minlength=len(facts.payer))
    relative = np.clip(np.log(facts.charge / _USUAL_CHARGE[facts.specialty]), -1.0, 2.0)
    office = facts.place == codes.OFFICE
    upcoding = 2.6 * high_visit + 1.2 * relative + 0.8 * office
    unbundling = 1.5 * np.minimum(apart, 3) + 0.5 * np.minimum(facts.line_count(), 6)
    phantom = (
        2.0 * (facts.prior >= 3)
        + 1.4 * (facts.place == codes.NURSING)
        + 1.2 * (facts.place == codes.TELEHEALTH)
        + 0.9 * (facts.documented == 0)
        + 0.7 * facts.new_member
    )
    return np.array(BASE_LOGITS)[:, None] + np.stack([upcoding, unbundling, phantom])
