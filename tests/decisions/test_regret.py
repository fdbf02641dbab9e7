"""Regret: never negative, none where nothing could have been better, and found where something could."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.decisions.conformal import PredictionSets
from claims.decisions.fit_policy import fit_policy
from claims.decisions.regret import best_in_hindsight, measure_regret, realised_cost
from claims.decisions.scored_claims import ScoredClaims
from model_parts import POLICY, make_policy

OPEN = PredictionSets(
    coverage=0.9, approved_from=0.0, rejected_to=1.0, attained_approved=1, attained_rejected=1
)


def drawn(seed: int, anomalous: float = 0.0, size: int = 100) -> ScoredClaims:
    random = np.random.default_rng(seed)
    scores = random.beta(2, 1, size)
    outcome = (random.random(size) < scores).astype(np.float32)
    amounts, days = random.uniform(1e3, 1e5, size), random.integers(0, 10, size).astype(float)
    return ScoredClaims(scores, outcome, amounts, days, random.random(size) < anomalous)


@settings(max_examples=15)
@given(
    st.integers(0, 1000), st.sampled_from([None, 5.0, 15.0]), st.booleans(), st.sampled_from([0.0, 0.1, 1.0])
)
def test_the_best_in_hindsight_never_costs_more(
    seed: int, capacity: float | None, auto_reject: bool, anomalous: float
) -> None:
    asked = POLICY.model_copy(update={"reviews_a_day": capacity, "auto_reject": auto_reject})
    policy, later = fit_policy(drawn(seed, anomalous), asked), drawn(seed + 1, anomalous)
    regret = measure_regret(policy, later)
    assert regret.per_claim >= 0
    assert regret.best_cost_per_claim == pytest.approx(
        realised_cost(best_in_hindsight(policy, later), later) / len(later), abs=1e-6
    )


def test_perfect_scores_and_free_choice_leave_no_regret() -> None:
    """Approved claims score 1 and are approved, rejected ones 0 and are worth their review."""
    outcome = np.float32([0, 1] * 50)
    claims = ScoredClaims(outcome.astype(float), outcome, np.full(100, 1e5), np.zeros(100))
    regret = measure_regret(fit_policy(claims, POLICY), claims)
    assert (regret.per_claim, regret.best_cost_per_claim) == (0, 5)


def test_reviews_that_paid_for_nothing_are_regretted() -> None:
    """Every set is open, so every claim was reviewed for 10; all were approvals, and none needed it."""
    claims = ScoredClaims(
        np.linspace(0.6, 0.9, 40), np.ones(40, np.float32), np.full(40, 100.0), np.zeros(40)
    )
    policy = make_policy(OPEN)
    assert measure_regret(policy, claims).per_claim == 10


def test_reviews_of_anomalous_claims_are_no_choice_to_regret() -> None:
    """The same claims, all anomalous: every policy reviews them."""
    claims = ScoredClaims(
        np.linspace(0.6, 0.9, 40),
        np.ones(40, np.float32),
        np.full(40, 100.0),
        np.zeros(40),
        np.ones(40, bool),
    )
    policy = make_policy(OPEN)
    regret = measure_regret(policy, claims)
    assert (regret.per_claim, regret.best_cost_per_claim) == (0, 10)


def test_hindsight_has_no_more_reviews_than_there_is_time_for() -> None:
    claims = ScoredClaims(np.full(40, 0.5), np.zeros(40, np.float32), np.arange(40) * 1e3 + 1e5, np.zeros(40))
    policy = fit_policy(claims, POLICY.model_copy(update={"reviews_a_day": 7}))
    best = best_in_hindsight(policy, claims)
    assert best.reaches_person(best.decide(claims.scores, claims.amounts)).sum() == 7
