"""``metrics/validate.json``: how many claims are what the contract says."""

from claims.base.strict import Strict


class ValidateMetrics(Strict):
    """Decided claims, valid and quarantined.

    Attributes
    ----------
    reasons
        Quarantined claims by reason; a claim may have several.
    corrected
        Values by column and correction, such as ``plan_type.trim``.
    without_event_time
        Quarantined beside them: claims that no window can hold.
    """

    rows: int
    valid: int
    quarantined: int
    reasons: dict[str, int]
    corrected: dict[str, int]
    without_event_time: int
