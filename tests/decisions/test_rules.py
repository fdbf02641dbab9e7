"""Decisions with an anomaly head beside the policy."""

import numpy as np
import pytest

from claims.decisions.logits import Calibration
from claims.decisions.rules import AnomalyRules, send_anomalies_to_review


@pytest.mark.parametrize(
    ("decision", "score", "expected"),
    [
        ("ML_APPROVED", 0.8, "ML_REVIEW"),
        ("ML_REJECTED", 0.81, "ML_REVIEW"),
        ("ML_REVIEW", 0.9, "ML_REVIEW"),
        ("ML_APPROVED", 0.799999, "ML_APPROVED"),
        ("ML_APPROVED", float("nan"), "ML_APPROVED"),
    ],
)
def test_an_anomalous_claim_goes_to_a_person(decision: str, score: float, expected: str) -> None:
    rules = AnomalyRules(calibration=Calibration(slope=1, intercept=0), threshold=0.8)
    decisions = send_anomalies_to_review(np.array([decision]), rules.anomalous(np.array([score])))
    assert decisions.tolist() == [expected]


def test_decisions_without_an_anomaly_score_stand() -> None:
    decisions = np.array(["ML_APPROVED", "ML_REJECTED"])
    assert send_anomalies_to_review(decisions, np.False_).tolist() == decisions.tolist()
