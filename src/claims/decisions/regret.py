"""Regret: what a policy cost beyond the best of its family, had outcomes been known. Reported, never used."""

from itertools import product

import numpy as np
from numpy.typing import NDArray

from claims.data.batch import Numbers
from claims.decisions.conformal import PredictionSets
from claims.decisions.costs import realised_costs
from claims.decisions.policy import DecisionPolicy
from claims.decisions.scored_claims import ScoredClaims
from claims.results.decisions import Regret

_PLACES = 41  # of each bound of the prediction sets: quantiles of the scores


def measure_regret(policy: DecisionPolicy, claims: ScoredClaims) -> Regret:
    """Tell the best policy in hindsight, and the dollars that it would have saved a claim."""
    best = best_in_hindsight(policy, claims)
    cost, least = (realised_cost(tried, claims) / len(claims) for tried in (policy, best))
    return Regret(
        per_claim=cost - least,
        best_cost_per_claim=least,
        best_shadow_price=best.shadow_price,
        best_approved_from=best.sets.approved_from,
        best_rejected_to=best.sets.rejected_to,
    )


def best_in_hindsight(policy: DecisionPolicy, claims: ScoredClaims) -> DecisionPolicy:
    """Find the policy of least realised cost among those that differ in sets and shadow price alone.

    It may use as many reviews as capacity allows, or as many as ``policy`` used if those were more, so that
    it never costs more than ``policy``. Every shadow price is tried, with sets that begin and end at
    quantiles of the scores.
    """
    places = np.quantile(claims.scores, np.linspace(0, 1, _PLACES)).tolist()
    bounds = [(policy.sets.approved_from, policy.sets.rejected_to), *product(places, places)]
    limit = _allowed_reviews(policy, claims)
    tried = [_with_best_price(policy, _sets(policy, *pair), claims, limit) for pair in bounds]
    _, cheapest = min(tried, key=lambda pair: pair[0])
    return min(policy, cheapest, key=lambda candidate: realised_cost(candidate, claims))


def realised_cost(policy: DecisionPolicy, claims: ScoredClaims) -> float:
    """Sum the dollars that a policy's decisions cost."""
    return float(realised_costs(policy, claims.decided_by(policy), claims).sum())


def _allowed_reviews(policy: DecisionPolicy, claims: ScoredClaims) -> int:
    used = int(policy.reaches_person(claims.decided_by(policy)).sum())
    capacity = policy.reviews_a_day
    return len(claims) if capacity is None else max(used, int(capacity * claims.calendar_days))


def _sets(policy: DecisionPolicy, approved_from: float, rejected_to: float) -> PredictionSets:
    return policy.sets.model_copy(update={"approved_from": approved_from, "rejected_to": rejected_to})


def _with_best_price(
    policy: DecisionPolicy, sets: PredictionSets, claims: ScoredClaims, limit: int
) -> tuple[float, DecisionPolicy]:
    """Return cost and policy of the best shadow price: review the claims that gain most, as many as pay."""
    tried = policy.model_copy(update={"sets": sets, "shadow_price": None})
    triage = tried.triage(claims.scores, claims.amounts)
    alone = _costs_alone(tried, triage.would_reject, claims)
    order = np.argsort(-triage.review_gain, kind="stable")
    reviewable = (triage.needs_review & ~claims.anomalous)[order]
    saved = np.append(0.0, np.cumsum(reviewable * (alone[order] - policy.costs.review)))
    reviews = int(claims.anomalous.sum()) + np.append(0, np.cumsum(reviewable))
    reviewed = int(np.argmax(np.where(reviews <= limit, saved, -np.inf)))
    price = float(triage.review_gain[order[reviewed]]) if reviewed < len(order) else None
    return float(alone.sum() - saved[reviewed]), tried.model_copy(update={"shadow_price": price})


def _costs_alone(policy: DecisionPolicy, would_reject: NDArray[np.bool_], claims: ScoredClaims) -> Numbers:
    """Return the dollars that each claim costs if people look at anomalous ones alone: float64 [n]."""
    rejecting = (claims.outcome == 1) * policy.costs.wrong_rejection
    alone = np.where(would_reject, rejecting, (claims.outcome == 0) * policy.at_risk(claims.amounts))
    return np.where(claims.anomalous, policy.costs.review, alone)
