"""Fitting the calibration on the calibration window: the one module of this room that needs scikit-learn."""

import numpy as np
from sklearn.linear_model import LogisticRegression

from claims.decisions.logits import Calibration, Logits, Outcome

_FLAT = 1e-6  # the least slope: scores keep the order of their logits


def fit_calibration(logits: Logits, outcome: Outcome) -> Calibration:
    """Fit Platt scaling by maximum likelihood.

    Parameters
    ----------
    logits
        float64 [n].
    outcome
        float32 [n], 1 approved and 0 rejected.
    """
    platt = LogisticRegression(C=np.inf).fit(logits.reshape(-1, 1), outcome)
    slope, intercept = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    if slope < _FLAT:  # ranks no better than chance: the share of approvals for every claim
        share = float(outcome.mean())
        slope, intercept = _FLAT, float(np.log(share / (1 - share)))
    return Calibration(slope=slope, intercept=intercept)
