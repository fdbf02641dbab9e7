"""Slices: every claim in one value of each, small values only counted, intervals beside the metrics."""

import numpy as np
import pytest

from claims.data.batch import Categories
from claims.evaluation.coverage import measure_coverage
from claims.evaluation.metrics import measure
from claims.evaluation.slices import measure_slices
from claims.results.slices import SliceCount

SIZE, SMALL, MISSING = 3000, 49, 100


@pytest.fixture(scope="module")
def sliced() -> dict:
    """Claims of one large value, a small one, and some without a value."""
    random = np.random.default_rng(3)
    scores = random.beta(2, 1, SIZE)
    outcome = (random.random(SIZE) < scores).astype(np.float32)
    codes = np.repeat(np.int32([0, 1, -1]), [SIZE - SMALL - MISSING, SMALL, MISSING])
    plan = Categories(codes, ["HMO", "PPO", "unused"])
    decisions = np.where(scores > 0.8, "ML_APPROVED", "ML_REVIEW")
    covered = scores > 0.1
    large = codes == 0
    return {
        "found": measure_slices({"plan": plan}, scores, outcome, decisions, covered, 50, seed=1).root["plan"],
        "large": (scores[large], outcome[large], covered[large]),
    }


def test_slices_partition_the_claims(sliced) -> None:
    assert set(sliced["found"]) == {"HMO", "PPO", "(missing)"}
    assert sum(part.rows for part in sliced["found"].values()) == SIZE


def test_a_small_value_is_only_counted(sliced) -> None:
    assert sliced["found"]["PPO"] == SliceCount(rows=SMALL)


def test_a_large_value_is_measured_as_claims_of_its_own(sliced) -> None:
    hmo, (scores, outcome, covered) = sliced["found"]["HMO"], sliced["large"]
    assert dict(hmo).items() >= dict(measure(scores, outcome)).items()
    assert hmo.ML_APPROVED_share == pytest.approx((scores > 0.8).mean(), abs=1e-6)
    assert hmo.ML_REJECTED_share == 0
    assert hmo.prediction_sets == measure_coverage(covered)


@pytest.mark.parametrize("metric", ["roc_auc", "average_precision"])
def test_an_interval_holds_its_metric(sliced, metric: str) -> None:
    hmo = sliced["found"]["HMO"]
    interval = getattr(hmo.intervals, metric)
    assert interval.value == getattr(hmo, metric)
    assert interval.low < interval.value < interval.high
