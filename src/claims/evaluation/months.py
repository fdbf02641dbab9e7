"""Metrics of a stretch of time, a split or a month, each beside what chance alone would do to it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from claims.data.batch import Numbers
from claims.data.maturity import month_names
from claims.data.windows import IMMATURE, SPLITS
from claims.decisions.logits import Outcome, Scores
from claims.evaluation.intervals import (
    calibration_band,
    estimate_auc,
    estimate_mean,
    estimate_precision,
    estimate_share,
)
from claims.evaluation.metrics import calibration_error
from claims.results.maturity import MaturityMetrics, MonthCounts
from claims.results.months import BandedError, MeasuredMonth, MeasuredSplit, MonthMetrics, PeriodMetrics

_LEAST = 2  # claims without which nothing has a variance


@dataclass(frozen=True)
class Period:
    """n scored and decided claims whose outcome is known.

    Attributes
    ----------
    day
        float64 [n], event time in days since 1970-01-01.
    scores
        float64 [n], calibrated probability of approval.
    outcome
        float32 [n], 1 approved and 0 rejected.
    costs
        float64 [n], what the decision on each claim cost.
    """

    day: Numbers
    scores: Scores
    outcome: Outcome
    costs: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.day)

    def take(self, rows: NDArray[np.bool_]) -> "Period":
        """Pick the claims of a mask."""
        return Period(self.day[rows], self.scores[rows], self.outcome[rows], self.costs[rows])

    @classmethod
    def join(cls, parts: list["Period"]) -> "Period":
        """Put one period after another."""
        names = ("day", "scores", "outcome", "costs")
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def measure_period(period: Period, seed: int) -> PeriodMetrics:
    """Measure a period, with 95 % intervals and the calibration error of a calibrated model.

    Parameters
    ----------
    period
        At least two claims.
    seed
        Of the draws behind the band and behind average precision's interval.
    """
    scores, outcome = period.scores, period.outcome
    auc, precision = estimate_auc(scores, outcome), estimate_precision(scores, outcome, seed)
    error, band = calibration_error(scores, outcome), calibration_band(scores, seed)
    return PeriodMetrics(
        rows=len(period),
        roc_auc=auc.rounded() if auc else None,
        average_precision=precision.rounded() if precision else None,
        log_loss=estimate_mean(_losses(scores, outcome)).rounded(),
        calibration_error=BandedError(value=error, band=band),
        approved_share=estimate_share(int(outcome.sum()), len(outcome)).rounded(),
        mean_score=float(scores.mean()),
        cost_per_claim=estimate_mean(period.costs).rounded(),
    )


def _losses(scores: Scores, outcome: Outcome) -> NDArray[np.float64]:
    stated = np.clip(scores, np.finfo(np.float64).eps, 1 - np.finfo(np.float64).eps)
    return -np.where(outcome == 1, np.log(stated), np.log1p(-stated))


def measure_periods(periods: Mapping[str, Period], maturity: MaturityMetrics, seed: int) -> MonthMetrics:
    """Measure and count every split, and every month of the test window.

    Parameters
    ----------
    periods
        By split; ``immature`` only where there are such claims. One with fewer than two is left out.
    maturity
        As `claims.data.maturity.describe` gives it.
    seed
        Of the draws behind the bands.
    """
    measurable = {name: period for name, period in periods.items() if len(period) >= _LEAST}
    testing = Period.join([period for name, period in periods.items() if name in (SPLITS[-1], IMMATURE)])
    return MonthMetrics(
        splits={
            name: MeasuredSplit(**dict(maturity.splits[name]), **dict(measure_period(period, seed)))
            for name, period in measurable.items()
        },
        months=measure_months(maturity.months, testing, seed),
    )


def measure_months(
    counts: Mapping[str, MonthCounts], period: Period, seed: int
) -> dict[str, MeasuredMonth | MonthCounts]:
    """Measure each month beside its counts of claims; one with fewer than two claims has counts alone.

    Parameters
    ----------
    counts
        Claims received and decided by month, such as 2026-01, as `claims.data.maturity.describe` gives them.
    period
        The claims of those months whose outcome is known.
    seed
        Of the draws behind the bands.
    """
    names = month_names(period.day)
    months: dict[str, MeasuredMonth | MonthCounts] = {}
    for month, counted in counts.items():
        rows = names == month
        enough = rows.sum() >= _LEAST
        measured = dict(measure_period(period.take(rows), seed)) if enough else None
        months[month] = MeasuredMonth(**dict(counted), **measured) if measured else counted
    return months
