"""Fitting calibration and thresholds on the calibration window, which nothing was trained on."""

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from claims.config import Evaluate
from claims.model.logits import Calibration, Logits, Scores, Thresholds

Outcome = NDArray[np.float32]


def fit_calibration(logits: Logits, outcome: Outcome) -> Calibration:
    """Platt scaling by maximum likelihood.

    Parameters
    ----------
    logits
        float64 [n].
    outcome
        float32 [n], 1 approved and 0 rejected.
    """
    found = LogisticRegression(C=np.inf).fit(logits.reshape(-1, 1), outcome)
    slope = float(found.coef_[0, 0])
    return Calibration(slope=max(slope, 1e-6), intercept=float(found.intercept_[0]))


def fit_thresholds(scores: Scores, outcome: Outcome, costs: Evaluate) -> Thresholds:
    """Thresholds of least realised cost, each exact over all places where it could stand.

    Approving above a threshold costs its wrong approvals and saves its reviews; rejecting below one
    likewise. Where nothing is saved, a threshold lies outside [0, 1] and a person decides.
    """
    order = np.argsort(scores, kind="stable")
    ranked, approved = scores[order], outcome[order].astype(np.float64)
    rejecting = np.append(0.0, np.cumsum(approved * costs.wrong_rejection - costs.review))  # of the i lowest
    approving = np.append(np.cumsum(((1 - approved) * costs.wrong_approval - costs.review)[::-1])[::-1], 0.0)
    cutting = np.append(0.0, np.cumsum(approved)) * costs.wrong_rejection
    cutting += np.append(np.cumsum((1 - approved)[::-1])[::-1], 0.0) * costs.wrong_approval
    between = np.concatenate(([-1.0], (ranked[1:] + ranked[:-1]) / 2, [2.0]))
    free = np.concatenate(([True], ranked[1:] > ranked[:-1], [True]))  # equal scores are decided alike

    def cheapest(cost: NDArray[np.float64]) -> int:
        return int(np.argmin(np.where(free, cost, np.inf)))

    reject, approve = cheapest(rejecting), cheapest(approving)
    cutoff = cheapest(cutting)
    if approve < reject:  # no band to review: the cutoff decides all
        approve = reject = cutoff
    return Thresholds(approve=between[approve], reject=between[reject], cutoff=between[cutoff])
