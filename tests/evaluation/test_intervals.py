"""Intervals: as published examples, definitions and simulations give them."""

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics

from claims.evaluation.intervals import (
    calibration_band,
    estimate_auc,
    estimate_gap,
    estimate_mean,
    estimate_precision,
    estimate_share,
)
from claims.evaluation.metrics import calibration_error


@pytest.mark.parametrize(
    ("hits", "size", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_shares_have_the_intervals_of_newcombes_table(hits: int, size: int, low: float, high: float) -> None:
    share = estimate_share(hits, size)
    assert share == pytest.approx((hits / size, low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 10), -0.2775, 0.2775),
    ],
)
def test_gaps_have_the_intervals_of_newcombes_table(one, other, low: float, high: float) -> None:
    gap = estimate_gap(estimate_share(*one), estimate_share(*other))
    assert gap[1:] == pytest.approx((low, high), abs=1e-4)
    assert gap.value == pytest.approx(one[0] / one[1] - other[0] / other[1])


def test_a_mean_has_the_normal_interval() -> None:
    values = np.random.default_rng(1).exponential(size=500)
    low, high = stats.norm.interval(0.95, values.mean(), stats.sem(values))
    assert estimate_mean(values) == pytest.approx((values.mean(), low, high))


def draw(random: np.random.Generator, size: int, distance: float) -> tuple[np.ndarray, np.ndarray]:
    """Scores of two shifted normals, rounded so that some are equal."""
    outcome = (random.random(size) < 0.7).astype(np.float32)
    return np.round(random.normal(size=size) + distance * outcome, 1), outcome


def test_delongs_variance_is_that_of_its_definition() -> None:
    scores, outcome = draw(np.random.default_rng(2), 300, 1.0)
    ones, zeros = scores[outcome == 1], scores[outcome == 0]
    order = (ones[:, None] > zeros) + 0.5 * (ones[:, None] == zeros)
    variance = order.mean(axis=1).var(ddof=1) / len(ones) + order.mean(axis=0).var(ddof=1) / len(zeros)
    estimate = estimate_auc(scores, outcome)
    assert estimate is not None
    assert estimate.value == pytest.approx(metrics.roc_auc_score(outcome, scores))
    logit = np.log(estimate.value / (1 - estimate.value))
    margin = stats.norm.ppf(0.975) * np.sqrt(variance) / (estimate.value * (1 - estimate.value))
    assert estimate.high == pytest.approx(1 / (1 + np.exp(-logit - margin)))
    assert estimate.low == pytest.approx(1 / (1 + np.exp(-logit + margin)))


def test_the_interval_of_an_auc_holds_the_true_one_as_often_as_it_says() -> None:
    random, truth = np.random.default_rng(3), stats.norm.cdf(1.2 / np.sqrt(2))
    estimates = [estimate_auc(*draw(random, 200, 1.2)) for _ in range(400)]
    held = np.mean([estimate.low <= truth <= estimate.high for estimate in estimates])
    assert 0.92 < held < 0.98


@pytest.mark.parametrize(
    "outcome", [[1, 1, 1, 1], [0, 0, 0, 1], [0, 0, 1, 1]], ids=["one", "single", "all in order"]
)
def test_an_auc_without_a_variance_is_not_estimated(outcome: list[int]) -> None:
    assert estimate_auc(np.array([0.1, 0.2, 0.3, 0.4]), np.float32(outcome)) is None


@pytest.fixture(scope="module")
def scores() -> np.ndarray:
    return np.random.default_rng(4).beta(3, 1, 700)


def test_calibrated_models_stay_below_the_band_as_often_as_it_says(scores) -> None:
    random, band = np.random.default_rng(5), calibration_band(scores, seed=1)
    errors = [
        calibration_error(scores, (random.random(len(scores)) < scores).astype(np.float32))
        for _ in range(1000)
    ]
    assert 0.93 < np.mean(np.array(errors) < band) < 0.97


def test_the_band_is_drawn_from_the_scores_and_the_seed_alone(scores, monkeypatch) -> None:
    band = calibration_band(scores, seed=1)
    assert band == calibration_band(scores, seed=1) != calibration_band(scores, seed=2)
    assert calibration_band(scores[::-1].copy(), seed=1) == pytest.approx(band, abs=1e-12)
    monkeypatch.setattr("claims.evaluation.intervals._CELLS", 10 * len(scores))  # in 100 pieces
    assert calibration_band(scores, seed=1) == band


def test_more_claims_narrow_the_band(scores) -> None:
    assert calibration_band(np.tile(scores, 9), seed=1) == pytest.approx(
        calibration_band(scores, 1) / 3, rel=0.1
    )
    assert calibration_band(scores[:5], seed=1) > 0.2  # fewer claims than bins


def test_average_precisions_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    random = np.random.default_rng(6)
    truth = metrics.average_precision_score(*reversed(draw(random, 200_000, 1.0)))
    estimates = [estimate_precision(*draw(random, 250, 1.0), seed=1) for _ in range(100)]
    held = sum(estimate.low <= truth <= estimate.high for estimate in estimates if estimate is not None)
    assert 88 <= held <= 99


def test_one_outcome_alone_has_no_average_precision() -> None:
    assert estimate_precision(np.array([0.1, 0.2]), np.float32([1, 1]), seed=1) is None
