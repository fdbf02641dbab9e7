"""Logits to scores to decisions."""

import numpy as np
import pytest
from pydantic import ValidationError

from claims.model.logits import Calibration, Thresholds, send_anomalies_to_review


def test_the_plain_calibration_is_the_logistic_function() -> None:
    scores = Calibration(slope=1, intercept=0).scores(np.array([-np.log(3), 0, np.log(3)]))
    np.testing.assert_allclose(scores, [0.25, 0.5, 0.75], rtol=1e-15)


def test_slope_and_intercept_stretch_and_shift_the_logit() -> None:
    scores = Calibration(slope=2, intercept=-1).scores(np.array([0.5, 1.0]))
    np.testing.assert_allclose(scores, [0.5, 1 / (1 + np.exp(-1))], rtol=1e-15)


@pytest.mark.filterwarnings("error")
def test_extreme_logits_stay_probabilities() -> None:
    scores = Calibration(slope=1, intercept=0).scores(np.array([-1e9, -700, 700, 1e9]))
    assert ((scores >= 0) & (scores <= 1)).all()
    assert (np.diff(scores) >= 0).all()


@pytest.mark.parametrize("slope", [0.0, -1.0])
def test_a_calibration_never_turns_the_ranking_over(slope: float) -> None:
    with pytest.raises(ValidationError):
        Calibration(slope=slope, intercept=0)


@pytest.mark.parametrize(
    ("score", "decision"),
    [
        (0.0, "ML_REJECTED"),
        (0.3, "ML_REJECTED"),
        (0.300001, "ML_REVIEW"),
        (0.799999, "ML_REVIEW"),
        (0.8, "ML_APPROVED"),
        (1.0, "ML_APPROVED"),
    ],
)
def test_thresholds_include_their_own_score(score: float, decision: str) -> None:
    thresholds = Thresholds(approve=0.8, reject=0.3, cutoff=0.5)
    assert thresholds.decide(np.array([score])).tolist() == [decision]


def test_thresholds_beyond_all_scores_leave_every_claim_to_a_person() -> None:
    thresholds = Thresholds(approve=2, reject=-1, cutoff=0.5)
    assert set(thresholds.decide(np.linspace(0, 1, 11))) == {"ML_REVIEW"}


@pytest.mark.parametrize(
    ("decision", "score", "expected"),
    [
        ("ML_APPROVED", 0.8, "ML_REVIEW"),
        ("ML_REJECTED", 0.81, "ML_REVIEW"),
        ("ML_REVIEW", 0.9, "ML_REVIEW"),
        ("ML_SKIPPED_NO_FEATURES", 0.9, "ML_SKIPPED_NO_FEATURES"),
        ("ML_APPROVED", 0.799999, "ML_APPROVED"),
        ("ML_APPROVED", float("nan"), "ML_APPROVED"),
    ],
)
def test_an_anomalous_claim_goes_to_a_person_unless_it_was_skipped(
    decision: str, score: float, expected: str
) -> None:
    assert send_anomalies_to_review(np.array([decision]), np.array([score]), 0.8).tolist() == [expected]
