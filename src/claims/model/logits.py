"""Logits, their calibration to probabilities, and decisions: NumPy alone, so that serving shares it."""

from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from claims.strict import Strict

Logits = NDArray[np.float64]
Scores = NDArray[np.float64]


class Outputs(NamedTuple):
    """What a graph says of n claims.

    Attributes
    ----------
    logit
        float64 [n], of approval.
    anomaly
        float64 [n], of an audit that finds something; None where the graph has no such output.
    """

    logit: Logits
    anomaly: Logits | None = None


class Decision(StrEnum):
    """What ``ml_derived_decision`` can say."""

    APPROVED = "ML_APPROVED"
    REJECTED = "ML_REJECTED"
    REVIEW = "ML_REVIEW"
    SKIPPED = "ML_SKIPPED_NO_FEATURES"


class Calibration(Strict):
    """Platt scaling: probability = sigmoid(slope · logit + intercept).

    Source: Platt (1999), "Probabilistic outputs for support vector machines".
    """

    slope: float = Field(gt=0)
    intercept: float

    def scores(self, logits: Logits) -> Scores:
        """Calibrated probabilities: float64 [n]."""
        scaled = np.clip(self.slope * logits + self.intercept, -700, 700)
        return 1 / (1 + np.exp(-scaled))


class Thresholds(Strict):
    """At or above ``approve``: approved; at or below ``reject``: rejected; between, a person decides.

    ``cutoff`` divides approved from rejected where nobody can review.
    """

    approve: float
    reject: float
    cutoff: float

    def decide(self, scores: Scores) -> NDArray[np.str_]:
        """``ml_derived_decision`` of each claim: str [n]."""
        decided = np.where(scores >= self.approve, Decision.APPROVED.value, Decision.REVIEW.value)
        return np.where(scores <= self.reject, Decision.REJECTED.value, decided)


class AnomalyRules(Strict):
    """Of the second output: at or above ``threshold`` a claim goes to a person, whatever else was decided."""

    calibration: Calibration
    threshold: float


def send_anomalies_to_review(
    decisions: NDArray[np.str_], anomaly_scores: Scores, threshold: float
) -> NDArray[np.str_]:
    """Decisions with every anomalous claim under review, unless it was skipped: str [n]."""
    anomalous = (anomaly_scores >= threshold) & (decisions != Decision.SKIPPED.value)
    return np.where(anomalous, Decision.REVIEW.value, decisions)
