"""Metrics by split and month, beside what chance would do."""

import datetime as dt

import numpy as np
import pytest
from sklearn import metrics

from claims.data.batch import DAY_ZERO
from claims.evaluation.metrics import calibration_error
from claims.evaluation.months import Period, measure_months, measure_period, measure_periods
from claims.results.maturity import ClaimCounts, MaturityMetrics, MonthCounts
from claims.results.months import MeasuredMonth

MARCH = (dt.date(2026, 3, 1) - DAY_ZERO).days
COUNTED = MonthCounts(
    received=10,
    undecided=0,
    decided_by_model_alone=0,
    quarantined=0,
    measured=10,
    decided_share=1.0,
    mature=True,
)
SPLIT = ClaimCounts(**COUNTED.model_dump(exclude={"mature"}))


def maturity_of(splits: tuple[str, ...], months: tuple[str, ...]) -> MaturityMetrics:
    return MaturityMetrics(
        as_of=dt.date(2026, 6, 30),
        mature_after_days=None,
        immature_from=None,
        test="unknown",
        splits=dict.fromkeys(splits, SPLIT),
        months=dict.fromkeys(months, COUNTED),
    )


def period(size: int, days: int = 61, distort: float = 1.0) -> Period:
    """Claims of as many days from March on, whose scores are true where nothing is distorted."""
    random = np.random.default_rng(size)
    truth = random.beta(2, 1, size)
    outcome = (random.random(size) < truth).astype(np.float32)
    return Period(
        MARCH + np.sort(random.integers(0, days, size)) * 1.0, truth**distort, outcome, random.random(size)
    )


def test_values_are_those_of_scikit_learn_and_lie_inside_their_intervals() -> None:
    claims = period(2000)
    estimates = measure_period(claims, seed=1)
    expected = {
        "roc_auc": metrics.roc_auc_score(claims.outcome, claims.scores),
        "log_loss": metrics.log_loss(claims.outcome, claims.scores),
        "approved_share": claims.outcome.mean(),
        "cost_per_claim": claims.costs.mean(),
    }
    for name, value in expected.items():
        estimate = getattr(estimates, name)
        assert estimate.value == pytest.approx(value, abs=1e-6)
        assert estimate.low < estimate.value < estimate.high
    assert estimates.calibration_error.value == pytest.approx(
        calibration_error(claims.scores, claims.outcome), abs=1e-6
    )
    assert estimates.rows == 2000


@pytest.mark.parametrize(("distort", "above"), [(1.0, False), (2.0, True)])
def test_a_calibrated_model_lies_below_its_band_and_another_above(distort: float, above: bool) -> None:
    error = measure_period(period(2000, distort=distort), seed=1).calibration_error
    assert (error.value > error.band) == above


def test_one_outcome_alone_is_not_ranked() -> None:
    claims = period(50)
    estimates = measure_period(claims.take(claims.outcome == 1), seed=1)
    assert estimates.roc_auc is estimates.average_precision is None
    assert estimates.log_loss.value > 0


def test_each_month_measures_its_own_claims_beside_its_counts() -> None:
    claims = period(1500)
    months = measure_months(
        {"2026-03": COUNTED, "2026-04": COUNTED.model_copy(update={"mature": False})}, claims, seed=1
    )
    march = claims.day < MARCH + 31
    measured = measure_period(claims.take(march), seed=1)
    assert months["2026-03"] == MeasuredMonth(**dict(COUNTED), **dict(measured))
    assert months["2026-04"].rows == (~march).sum()
    assert months["2026-04"].mature is False


def test_a_month_without_decided_claims_has_its_counts_alone() -> None:
    assert (
        measure_months({"2026-03": COUNTED, "2026-05": COUNTED}, period(100, days=31), 1)["2026-05"]
        == COUNTED
    )


def test_months_are_of_test_and_of_what_is_immature() -> None:
    early, late = period(300, days=31), period(200)
    late = late.take(late.day >= MARCH + 31)
    maturity = maturity_of(("calibration", "test", "immature"), ("2026-03", "2026-04"))
    periods = measure_periods({"calibration": period(90), "test": early, "immature": late}, maturity, seed=1)
    assert {name: split.rows for name, split in periods.splits.items()} == {
        "calibration": 90,
        "test": 300,
        "immature": len(late),
    }
    assert [month.rows for month in periods.months.values()] == [300, len(late)]


def test_a_split_of_one_claim_is_left_out() -> None:
    claims = period(300, days=31)
    maturity = maturity_of(("test", "immature"), ("2026-03",))
    single = claims.take(np.arange(len(claims)) == 0)
    assert set(measure_periods({"test": claims, "immature": single}, maturity, seed=1).splits) == {"test"}
