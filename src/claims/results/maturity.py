"""``metrics/maturity.json``: how many of the claims received are decided, and where outcomes are mature."""

import datetime as dt
from typing import Literal

from claims.base.strict import Strict
from claims.results.files import Figure

State = Literal["mature", "immature", "unknown"]


class ClaimCounts(Strict):
    """Counts that add up: received = measured + quarantined + decided by the model alone + undecided."""

    received: int
    undecided: int
    decided_by_model_alone: int
    quarantined: int
    measured: int
    decided_share: Figure | None


class MonthCounts(ClaimCounts):
    """Counts of a month; ``mature`` is None where the contract states no maturity."""

    mature: bool | None


class TestMaturity(Strict):
    """What test metrics are stated at.

    Attributes
    ----------
    as_of
        The day up to which outcomes were looked for.
    mature_after_days
        Days after its event from which a claim's outcome is trusted to be there; None: not known.
    test
        Mature months alone; all, as none is mature; or all, as it is unknown.
    """

    __test__ = False  # no test of pytest's

    as_of: dt.date
    mature_after_days: int | None
    test: State


class MaturityMetrics(TestMaturity):
    """Claims received and decided.

    Attributes
    ----------
    immature_from
        First day of the first month that is not mature; None where the contract states no maturity.
    splits
        By split, of those that received any.
    months
        Of the test window, such as ``2026-01``.
    """

    immature_from: dt.date | None
    splits: dict[str, ClaimCounts]
    months: dict[str, MonthCounts]
