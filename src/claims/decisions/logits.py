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
    """Logits that a graph gives n claims.

    Attributes
    ----------
    logit
        float64 [n], of approval.
    anomaly
        float64 [n], of an audit that finds something; None where the graph has no anomaly head.
    """

    logit: Logits
    anomaly: Logits | None = None


class Decision(StrEnum):
    """The values of ``ml_derived_decision``."""

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
        """Return calibrated probabilities: float64 [n]."""
        scaled = np.clip(self.slope * logits + self.intercept, -700, 700)
        return 1 / (1 + np.exp(-scaled))
