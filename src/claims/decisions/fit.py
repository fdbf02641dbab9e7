"""Fitting calibration and policy on the calibration window, which nothing was trained on."""

import numpy as np
from sklearn.linear_model import LogisticRegression

from claims.config.params import Policy
from claims.decisions.conformal import fit_sets
from claims.decisions.logits import Calibration, Logits, Outcome
from claims.decisions.policy import DecisionPolicy
from claims.decisions.settled import ScoredClaims

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


def fit_policy(claims: ScoredClaims, settings: Policy) -> DecisionPolicy:
    """Prediction sets and the price of a reviewer's time, solved on a window that nothing was trained on.

    Parameters
    ----------
    claims
        Of the calibration window.
    settings
        Costs, nominal coverage and capacity.
    """
    sets = fit_sets(claims.scores, claims.outcome, settings.coverage)
    return within_capacity(DecisionPolicy(settings=settings, sets=sets, shadow_price=None), claims)


def within_capacity(policy: DecisionPolicy, claims: ScoredClaims) -> DecisionPolicy:
    """The same policy with the least shadow price that keeps the mean day of a window within capacity.

    Anomalous claims come first. What is left of reviewers' time goes to the claims that gain most by it, and
    the shadow price is the gain of the first claim that gets none: the multiplier of the capacity
    constraint, as in a fractional knapsack.
    Source: Dantzig (1957), doi:10.1287/opre.5.2.266.
    """
    capacity = policy.settings.reviews_a_day
    if capacity is None:
        return policy.model_copy(update={"shadow_price": None})
    triage = policy.triage(claims.scores, claims.amounts)
    gains = np.sort(triage.review_gain[triage.needs_review & ~claims.anomalous])[::-1]
    reviews = max(int(capacity * claims.calendar_days) - int(claims.anomalous.sum()), 0)
    price = float(gains[reviews]) if reviews < len(gains) else None
    return policy.model_copy(update={"shadow_price": price})
