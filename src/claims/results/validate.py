"""``metrics/validate.json``: how many claims are what the contract says."""

from collections.abc import Mapping

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

    def merge(self, other: "ValidateMetrics") -> "ValidateMetrics":
        """Count the claims of both parts: what is judged is their sum."""
        return ValidateMetrics(
            rows=self.rows + other.rows,
            valid=self.valid + other.valid,
            quarantined=self.quarantined + other.quarantined,
            reasons=_sums(self.reasons, other.reasons),
            corrected=_sums(self.corrected, other.corrected),
            without_event_time=self.without_event_time + other.without_event_time,
        )


def _sums(first: Mapping[str, int], second: Mapping[str, int]) -> dict[str, int]:
    return {name: first.get(name, 0) + second.get(name, 0) for name in sorted({*first, *second})}
