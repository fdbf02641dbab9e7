"""Metrics: as scikit-learn and a person with a pencil find them."""

import numpy as np
import pytest
from sklearn import metrics

from claims.evaluation.metrics import calibration_error, measure

SCORES = np.array([0.9, 0.8, 0.6, 0.4, 0.2, 0.1])
OUTCOME = np.float32([1, 0, 1, 1, 0, 1])
SIZE = 30_000


@pytest.fixture(scope="module")
def calibrated() -> tuple[np.ndarray, np.ndarray]:
    """Scores that are the true probabilities of their outcomes."""
    random = np.random.default_rng(3)
    scores = random.beta(2, 1, SIZE)
    return scores, (random.random(SIZE) < scores).astype(np.float32)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("roc_auc", metrics.roc_auc_score),
        ("average_precision", metrics.average_precision_score),
        ("log_loss", metrics.log_loss),
        ("brier", metrics.brier_score_loss),
    ],
)
def test_metrics_of_scores_are_those_of_scikit_learn(calibrated, name: str, expected) -> None:
    scores, outcome = calibrated
    assert getattr(measure(scores, outcome), name) == pytest.approx(expected(outcome, scores), abs=1e-6)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("rows", 6),
        ("approved_share", 4 / 6),
        ("roc_auc", 4 / 8),  # of 4 · 2 pairs, 4 are in order
        ("accuracy", 3 / 6),
        ("precision", 2 / 3),
        ("recall", 2 / 4),
        ("f1", 4 / 7),
        ("brier", (0.01 + 0.64 + 0.16 + 0.36 + 0.04 + 0.81) / 6),
        ("calibration_error", (0.1 + 0.8 + 0.4 + 0.6 + 0.2 + 0.9) / 6),
    ],
)
def test_metrics_of_six_claims_by_hand(name: str, expected: float) -> None:
    assert getattr(measure(SCORES, OUTCOME), name) == pytest.approx(expected, abs=1e-6)


def test_true_probabilities_are_well_calibrated_and_others_are_not(calibrated) -> None:
    scores, outcome = calibrated
    assert calibration_error(scores, outcome) < 0.015
    assert calibration_error(scores**2, outcome) > 0.1


@pytest.mark.parametrize("approved", [0, 1])
def test_one_outcome_alone_has_no_ranking(approved: int) -> None:
    measured = measure(SCORES, np.full(6, approved, np.float32))
    assert measured.roc_auc is measured.average_precision is None
    assert measured.log_loss > 0
