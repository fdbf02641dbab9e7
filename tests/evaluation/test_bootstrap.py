"""Resamples: what weights mean, as scikit-learn ranks them, and the same for every model."""

import numpy as np
import pytest
from sklearn import metrics

from claims.evaluation.bootstrap import (
    RESAMPLES,
    calibration_error_weighted,
    draw_weights,
    rank_resampled,
    rank_weighted,
    recall_weighted,
)
from claims.evaluation.metrics import measure


@pytest.fixture(scope="module")
def claims() -> tuple[np.ndarray, np.ndarray]:
    """Scores with ties, as int8 gives them, and outcomes that they rank."""
    random = np.random.default_rng(5)
    scores = np.round(random.random(400), 2)
    return scores, (random.random(400) < scores).astype(np.float32)


@pytest.mark.parametrize(
    ("place", "expected"), [(0, metrics.roc_auc_score), (1, metrics.average_precision_score)]
)
def test_weighted_ranking_is_that_of_scikit_learn(claims, place: int, expected) -> None:
    scores, outcome = claims
    weights = next(draw_weights(len(scores), seed=2))[:5]
    ranked = rank_weighted(scores, outcome, weights)[place]
    assert ranked == pytest.approx([expected(outcome, scores, sample_weight=row) for row in weights])


def test_a_weight_counts_a_claim_as_often(claims) -> None:
    scores, outcome = (part[:50] for part in claims)
    weights = next(draw_weights(50, seed=4))[:1]
    repeated = np.repeat(np.arange(50), weights[0].astype(int))
    each = np.ones((1, len(repeated)), dtype=np.float32)
    assert np.array(rank_weighted(scores, outcome, weights)) == pytest.approx(
        np.array(rank_weighted(scores[repeated], outcome[repeated], each))
    )


def test_two_models_share_their_resamples(claims) -> None:
    scores, outcome = claims
    resampled = rank_resampled(scores, outcome, seed=1)
    assert len(resampled.roc_auc) == RESAMPLES
    assert np.array_equal(resampled, rank_resampled(2 * scores, outcome, seed=1))


def test_a_resample_without_one_outcome_has_no_ranking() -> None:
    ranked = rank_weighted(np.array([0.2, 0.8]), np.float32([0, 1]), np.float32([[1, 0], [1, 1]]))
    assert np.isnan(ranked.roc_auc[0])
    assert ranked.roc_auc[1] == 1


@pytest.mark.parametrize("budget", [0.1, 0.25, 0.5])
def test_recall_counts_the_rejected_among_the_lowest_scores(budget: float) -> None:
    random = np.random.default_rng(6)
    scores, outcome = random.random(400), (random.random(400) < 0.6).astype(np.float32)
    weights = next(draw_weights(400, seed=3))[:4]
    recalls = recall_weighted(scores, outcome, weights, budget)
    for row, recall in zip(weights, recalls, strict=True):
        drawn = np.repeat(np.argsort(scores), row[np.argsort(scores)].astype(int))
        lowest = drawn[: round(budget * len(drawn))]
        assert recall == pytest.approx((1 - outcome[lowest]).sum() / (1 - outcome[drawn]).sum(), abs=0.01)


def test_equal_scores_at_the_edge_of_the_budget_count_in_part() -> None:
    scores, outcome = np.full(100, 0.4), np.repeat(np.float32([0, 1]), 50)
    each = np.ones((1, 100), dtype=np.float32)
    assert recall_weighted(scores, outcome, each, 0.3) == pytest.approx([0.3])


def test_the_calibration_error_is_that_of_ten_equal_bins() -> None:
    random = np.random.default_rng(7)
    scores = random.random(1000)
    outcome = (random.random(1000) < scores**2).astype(np.float32)
    each = np.ones((1, 1000), dtype=np.float32)
    expected = measure(scores, outcome).calibration_error
    assert expected > 0.1
    assert calibration_error_weighted(scores, outcome, each) == pytest.approx([expected], abs=1e-6)
    twice = calibration_error_weighted(scores, outcome, 2 * each)
    assert twice == pytest.approx([expected], abs=1e-6)
