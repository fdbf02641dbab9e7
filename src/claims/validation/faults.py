"""Which claims do not fit the contract, service lines included, and what stops the run."""

from collections import Counter

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from claims.base.errors import GateError
from claims.contract import Contract
from claims.data.batch import Batch
from claims.data.outcomes import UNREADABLE
from claims.data.storage import encode_texts, find_owner
from claims.results.validate import ValidateMetrics
from claims.validation.schema import Reasons, find_faults, schema_of

REASON = "_reason"  # the column that quarantine adds


def claim_faults(
    contract: Contract,
    batch: Batch,
    claims: pa.Table,
    lines: pa.Table | None,
    repeated: NDArray[np.bool_],
) -> Reasons:
    """Say why each claim does not fit.

    Parameters
    ----------
    batch
        n corrected claims with their lines.
    claims, lines
        The extracted tables they came from, which say what could not be read.
    repeated
        bool [n], claims whose identifier another claim has that stays (`FirstClaims.repeated`).

    Returns
    -------
    object [n], empty where the claim and all its lines fit.
    """
    unreadable, identifier = encode_texts(claims[UNREADABLE]).texts(), contract.claims.identifier
    schema = schema_of(contract.kept, identifier)
    reasons = find_faults(schema, batch.claims, unreadable, {identifier: repeated})
    if lines is None or contract.lines is None:
        return reasons
    owned = find_owner(claims[identifier], lines[contract.lines.claim]) >= 0
    line_unreadable = encode_texts(lines[UNREADABLE]).texts()[owned]
    line_reasons = find_faults(schema_of(contract.kept_lines), batch.lines, line_unreadable)
    return _with_lines(reasons, line_reasons, batch)


def _with_lines(reasons: Reasons, line_reasons: Reasons, batch: Batch) -> Reasons:
    """Give each claim the reasons of its lines: a claim with a bad line is a bad claim."""
    of_lines: dict[int, set[str]] = {}
    for line in np.flatnonzero(line_reasons != ""):
        named = {f"lines.{reason}" for reason in line_reasons[line].split("; ")}
        of_lines.setdefault(int(batch.owner[line]), set()).update(named)
    reasons = reasons.copy()
    for claim, named in of_lines.items():
        reasons[claim] = "; ".join(filter(None, (reasons[claim], *sorted(named))))
    return reasons


def without_event_time(contract: Contract, undated: pa.Table) -> pa.Table:
    """Quarantine claims that no window can hold."""
    reason = f"{contract.claims.event_time}: no usable event time"
    kept = undated.drop_columns([UNREADABLE])
    return kept.append_column(REASON, pa.array([reason] * undated.num_rows, pa.string()))


def summarise(reasons: Reasons, corrected: dict[str, int], without_event_time: int) -> ValidateMetrics:
    """Count valid and quarantined claims, each reason, and each correction."""
    bad = reasons[reasons != ""]
    by_reason = Counter(reason for text in bad for reason in text.split("; "))
    return ValidateMetrics(
        rows=len(reasons),
        valid=len(reasons) - len(bad),
        quarantined=len(bad),
        reasons=dict(sorted(by_reason.items())),
        corrected=corrected,
        without_event_time=without_event_time,
    )


def check_share(metrics: ValidateMetrics, limit: float) -> None:
    """Stop where so many claims are bad that the source must be.

    Raises
    ------
    GateError
        Names the worst columns; or there is no claim at all.
    """
    if not metrics.rows:
        raise GateError("quality", "no decided claims", "Mend source.since, source.until or source.as_of.")
    share = metrics.quarantined / metrics.rows
    if share > limit:
        worst = sorted(metrics.reasons.items(), key=lambda item: -item[1])[:3]
        problem = f"{share:.1%} of {metrics.rows:,} claims are not what the contract says; worst: "
        problem += ", ".join(f"{reason} ({count:,})" for reason, count in worst)
        raise GateError(
            "quality",
            problem,
            f"Mend the source or the contract (limit {limit:.1%}, validate.max_quarantined).",
        )
