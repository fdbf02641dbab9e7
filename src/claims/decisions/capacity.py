"""A policy solved anew on other claims, within the time that reviewers have."""

import numpy as np

from claims.decisions.conformal import fit_sets
from claims.decisions.policy import DecisionPolicy
from claims.decisions.scored_claims import ScoredClaims


def refit_policy(policy: DecisionPolicy, claims: ScoredClaims) -> DecisionPolicy:
    """Keep costs, capacity and nominal coverage; solve prediction sets and shadow price on these claims."""
    sets = fit_sets(claims.scores, claims.outcome, policy.sets.coverage)
    return within_capacity(policy.model_copy(update={"sets": sets}), claims)


def within_capacity(policy: DecisionPolicy, claims: ScoredClaims) -> DecisionPolicy:
    """Give the policy the least shadow price that keeps the mean day of a window within capacity.

    Anomalous claims come first. What is left of reviewers' time goes to the claims that gain most by it, and
    the shadow price is the gain of the first claim that gets none: the multiplier of the capacity
    constraint, as in a fractional knapsack.
    Source: Dantzig (1957), doi:10.1287/opre.5.2.266.
    """
    if policy.reviews_a_day is None:
        return policy.model_copy(update={"shadow_price": None})
    triage = policy.triage(claims.scores, claims.amounts)
    gains = np.sort(triage.review_gain[triage.needs_review & ~claims.anomalous])[::-1]
    reviews = max(int(policy.reviews_a_day * claims.calendar_days) - int(claims.anomalous.sum()), 0)
    price = float(gains[reviews]) if reviews < len(gains) else None
    return policy.model_copy(update={"shadow_price": price})
