"""Fitting calibration and thresholds on the calibration window, which nothing was trained on."""

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from claims.config import Evaluate
from claims.model.logits import Calibration, Logits, Scores, Thresholds

Outcome = NDArray[np.float32]
_RESAMPLES = 101
_FLAT = 1e-6  # the least slope: scores keep the order of their logits


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
    slope, intercept = float(found.coef_[0, 0]), float(found.intercept_[0])
    if slope < _FLAT:  # ranks no better than chance: the share of approvals for every claim
        share = float(outcome.mean())
        slope, intercept = _FLAT, float(np.log(share / (1 - share)))
    return Calibration(slope=slope, intercept=intercept)


def fit_thresholds(scores: Scores, outcome: Outcome, costs: Evaluate) -> Thresholds:
    """Thresholds of least cost: their mean over resamples of the calibration window.

    The cheapest threshold of one sample jumps between places that cost nearly the same, so that two models
    with nearly the same scores would decide differently; its bagged mean does not.
    Source: Breiman (1996), doi:10.1007/BF00058655, with Poisson weights after Oza and Russell (2001).

    Parameters
    ----------
    scores
        float64 [n], calibrated.
    outcome
        float32 [n], 1 approved and 0 rejected.
    costs
        Of a wrong approval, a wrong rejection and a review.
    """
    draw = np.random.default_rng(0)  # the same resamples for every variant of a model
    weights = (draw.poisson(1.0, len(scores)).astype(np.float64) for _ in range(_RESAMPLES))
    found = [cheapest_thresholds(scores, outcome, costs, drawn) for drawn in weights]
    approve, reject, cutoff = (
        _bagged(np.array([getattr(one, name) for one in found])) for name in ("approve", "reject", "cutoff")
    )
    return _without_overlap(approve, reject, cutoff)


def _bagged(places: NDArray[np.float64]) -> float:
    """The mean of the places inside [0, 1]; outside, where most resamples put it there."""
    inside = (places >= 0) & (places <= 1)
    return float(places[inside].mean() if inside.mean() > 0.5 else np.median(places[~inside]))


def cheapest_thresholds(
    scores: Scores, outcome: Outcome, costs: Evaluate, weights: NDArray[np.float64]
) -> Thresholds:
    """Thresholds of least realised cost, each exact over all places where it could stand.

    Approving above a threshold costs its wrong approvals and saves its reviews; rejecting below one
    likewise. Where nothing is saved, a threshold lies outside [0, 1] and a person decides.
    """
    order = np.argsort(scores, kind="stable")
    ranked = scores[order]
    approved = weights[order] * outcome[order]
    rejected = weights[order] - approved
    reviews = (approved + rejected) * costs.review
    rejecting = _from_below(approved * costs.wrong_rejection - reviews)
    approving = _from_above(rejected * costs.wrong_approval - reviews)
    cutting = _from_below(approved * costs.wrong_rejection) + _from_above(rejected * costs.wrong_approval)
    between = np.concatenate(([-1.0], (ranked[1:] + ranked[:-1]) / 2, [2.0]))
    free = np.concatenate(([True], ranked[1:] > ranked[:-1], [True]))  # equal scores are decided alike
    approve, reject, cutoff = (
        float(between[np.argmin(np.where(free, cost, np.inf))]) for cost in (approving, rejecting, cutting)
    )
    return _without_overlap(approve, reject, cutoff)


def _from_below(costs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cost of the i lowest claims, for every i: float64 [n + 1]."""
    return np.append(0.0, np.cumsum(costs))


def _from_above(costs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cost of all but the i lowest claims, for every i: float64 [n + 1]."""
    return np.append(np.cumsum(costs[::-1])[::-1], 0.0)


def _without_overlap(approve: float, reject: float, cutoff: float) -> Thresholds:
    """Where the two regions would overlap there is no band to review, and the cutoff decides all."""
    if approve < reject:
        approve = reject = cutoff
    return Thresholds(approve=approve, reject=reject, cutoff=cutoff)
