"""Logits, their calibration to probabilities, and what can be decided: NumPy alone, for serving too."""

from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from claims.base.strict import Strict

Logits = NDArray[np.float64]
Scores = NDArray[np.float64]
Decisions = NDArray[np.str_]  # ``ml_derived_decision``
Outcome = NDArray[np.float32]


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


class AnomalyRules(Strict):
    """Of the second output: at or above ``threshold`` a claim goes to a person, whatever else was decided."""

    calibration: Calibration
    threshold: float

    def anomalous(self, scores: Scores) -> NDArray[np.bool_]:
        """Whether each claim goes to a person for its anomaly score: bool [n]; false for NaN."""
        return scores >= self.threshold


def send_anomalies_to_review(decisions: Decisions, anomalous: NDArray[np.bool_] | np.bool_) -> Decisions:
    """Decisions with every anomalous claim under review: str [n]."""
    return np.where(anomalous, Decision.REVIEW.value, decisions)
