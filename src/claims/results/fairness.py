"""``metrics/fairness.json``: errors and decisions by protected group."""

from claims.base.strict import Strict
from claims.results.estimates import Estimate


class Rate(Estimate):
    """A share of ``of`` claims, and its gap to that of all other claims; None where there are no others."""

    of: int
    gap: Estimate | None = None


class GroupCount(Strict):
    """A group too small to be compared."""

    rows: int


class GroupRates(Strict):
    """Rates of a group; one of no claims is None.

    Attributes
    ----------
    approved_share
        That people or rules approved.
    ML_APPROVED_share, ML_REVIEW_share, ML_REJECTED_share
        Of each decision.
    false_rejection, needless_review
        Among the claims that were approved in the end.
    false_approval
        Among those that were rejected in the end.
    """

    rows: int
    mean_score: Estimate
    approved_share: Rate | None = None
    ML_APPROVED_share: Rate | None = None
    ML_REVIEW_share: Rate | None = None
    ML_REJECTED_share: Rate | None = None
    false_rejection: Rate | None = None
    false_approval: Rate | None = None
    needless_review: Rate | None = None


Groups = dict[str, dict[str, GroupRates | GroupCount]]  # by protected column and group


class FairnessMetrics(Strict):
    """Both windows: calibration, which the gate looks at, and test, which is reported."""

    calibration: Groups
    test: Groups


class LargestGap(Estimate):
    """The largest gap in wrong rejections, and the group that has it."""

    group: str


class FairnessProof(Strict):
    """What `verify` found on calibration claims; a part of ``metrics/verify.json``.

    Attributes
    ----------
    limit
        The largest gap that a person allows.
    groups, not_judged
        How many were compared, and how many could not be.
    largest_gap
        None where no group was compared.
    """

    limit: float
    groups: int
    not_judged: int
    largest_gap: LargestGap | None = None
