"""The payers, their rules, and the dates on which the rules change.

Every rule is a function of the payer and of the day on which the claim was received, so that all of it is
known at submission. Payers are given by their place in `PAYERS`; -1 is an unknown payer, which is treated as
the average one.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.datetime64]
Places = NDArray[np.intp]

EPOCH = np.datetime64("2024-07-01")  # the slow drifts begin here ...
DRIFT_DAYS = 730  # ... and are complete after this many days

AUTHORIZATION_TIGHTENED = np.datetime64("2025-08-01")
TIGHTENING_PAYER, TIGHTENED_STRICTNESS = "P03", 3.6  # logits against a claim
FILING_SHORTENED = np.datetime64("2026-01-01")
SHORTENING_PAYER, SHORTENED_LIMIT = "P06", 90  # days


class Payer(NamedTuple):
    """A payer and its rules.

    Attributes
    ----------
    identifier
        As in the column payer_id.
    share
        Its share of the members.
    base
        Logits that speak for any claim to it.
    strictness
        Logits against a claim without a required authorisation.
    filing_limit
        Days from service to receipt within which a claim is timely.
    documented_above
        Total charge, dollars, from which it wants documentation, at `EPOCH`.
    delay
        Median days to a decision.
    allowed
        Usual share of the charge that it allows.
    """

    identifier: str
    share: float
    base: float
    strictness: float
    filing_limit: int
    documented_above: float
    delay: float
    allowed: float


PAYERS = (
    Payer("P01", 0.22, 0.25, 2.8, 180, 2500.0, 14.0, 0.62),
    Payer("P02", 0.17, 0.05, 2.2, 365, 3000.0, 18.0, 0.58),
    Payer("P03", 0.15, 0.30, 1.0, 180, 2200.0, 12.0, 0.66),
    Payer("P04", 0.13, -0.30, 3.4, 90, 1500.0, 26.0, 0.51),
    Payer("P05", 0.11, 0.00, 2.5, 365, 4000.0, 16.0, 0.60),
    Payer("P06", 0.09, 0.15, 2.0, 180, 2800.0, 21.0, 0.55),
    Payer("P07", 0.08, -0.45, 3.0, 90, 1800.0, 33.0, 0.47),
    Payer("P08", 0.05, 0.40, 1.4, 365, 5000.0, 10.0, 0.71),
)
PAYER_IDS = tuple(payer.identifier for payer in PAYERS)


def drift(received: Days) -> NDArray[np.float64]:
    """How far the slow changes have come: 0 up to `EPOCH`, 1 from `DRIFT_DAYS` later; NaT gives 0."""
    days = np.where(np.isnat(received), 0, (received - EPOCH).astype(np.int64))
    return np.clip(days / DRIFT_DAYS, 0.0, 1.0)


def _of(payer: Places, values: list[float]) -> NDArray[np.float64]:
    return np.append(values, np.mean(values))[payer]


def base(payer: Places) -> NDArray[np.float64]:
    """Logits that speak for any claim to the payer, shape (claims,)."""
    return _of(payer, [p.base for p in PAYERS])


def authorization_strictness(payer: Places, received: Days) -> NDArray[np.float64]:
    """Logits against a claim without its authorisation, shape (claims,); one payer tightens in between."""
    strictness = _of(payer, [p.strictness for p in PAYERS])
    tightened = (payer == PAYER_IDS.index(TIGHTENING_PAYER)) & (received >= AUTHORIZATION_TIGHTENED)
    return np.where(tightened, TIGHTENED_STRICTNESS, strictness)


def filing_limit(payer: Places, received: Days) -> NDArray[np.float64]:
    """Days from service to receipt within which a claim is timely, shape (claims,); one payer shortens it."""
    limit = _of(payer, [p.filing_limit for p in PAYERS])
    shortened = (payer == PAYER_IDS.index(SHORTENING_PAYER)) & (received >= FILING_SHORTENED)
    return np.where(shortened, SHORTENED_LIMIT, limit)


def documented_above(payer: Places, received: Days) -> NDArray[np.float64]:
    """Total charge, dollars, from which documentation is wanted, shape (claims,); it slowly halves."""
    return _of(payer, [p.documented_above for p in PAYERS]) * 0.5 ** drift(received)


def delay(payer: Places) -> NDArray[np.float64]:
    """Median days to a decision, shape (claims,)."""
    return _of(payer, [p.delay for p in PAYERS])


def allowed(payer: Places) -> NDArray[np.float64]:
    """Usual share of the charge that is allowed, shape (claims,)."""
    return _of(payer, [p.allowed for p in PAYERS])
