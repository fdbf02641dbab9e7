"""``metrics/months.json``: the candidate by split and by month, beside what chance alone would do."""

from claims.base.strict import Strict
from claims.results.estimates import Estimate
from claims.results.files import Figure
from claims.results.maturity import ClaimCounts, MonthCounts


class BandedError(Strict):
    """The calibration error, and what a perfectly calibrated model stays below in 95 % of cases."""

    value: Figure
    band: Figure

    @property
    def is_beyond(self) -> bool:
        """Whether chance alone does not explain it."""
        return self.value > self.band


class PeriodMetrics(Strict):
    """Metrics of the measured claims of a stretch of time; an interval is None where none can be found."""

    rows: int
    roc_auc: Estimate | None
    average_precision: Estimate | None
    log_loss: Estimate
    calibration_error: BandedError
    approved_share: Estimate
    mean_score: Figure
    cost_per_claim: Estimate


class MeasuredSplit(ClaimCounts, PeriodMetrics):
    """Counts and metrics of a split."""


class MeasuredMonth(MonthCounts, PeriodMetrics):
    """Counts and metrics of a month."""


class MonthMetrics(Strict):
    """Splits with claims enough to be measured, and every month of the test window."""

    splits: dict[str, MeasuredSplit]
    months: dict[str, MeasuredMonth | MonthCounts]
