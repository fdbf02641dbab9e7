"""The policy that is solved on the calibration window, and its price of reviewers' time."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.decisions.capacity import refit_policy, within_capacity
from claims.decisions.conformal import fit_sets
from claims.decisions.fit_policy import fit_policy
from claims.decisions.policy import DecisionCosts, DecisionPolicy
from claims.decisions.scored_claims import ScoredClaims
from model_parts import POLICY

DAYS = 20


@pytest.fixture(scope="module")
def window() -> ScoredClaims:
    """Scores that are the true probabilities of their outcomes, and amounts around 200 dollars."""
    random = np.random.default_rng(6)
    scores = random.beta(2, 1, 4_000)
    outcome = (random.random(len(scores)) < scores).astype(np.float32)
    amounts = np.round(np.exp(random.normal(np.log(20_000), 1, len(scores))))
    return ScoredClaims(
        scores, outcome, amounts, np.sort(random.integers(0, DAYS, len(scores))).astype(float)
    )


def reviews(policy: DecisionPolicy, claims: ScoredClaims) -> int:
    return int(policy.reaches_person(policy.decide(claims.scores, claims.amounts)).sum())


def test_sets_and_costs_are_those_asked_for(window: ScoredClaims) -> None:
    policy = fit_policy(window, POLICY)
    assert policy.sets == fit_sets(window.scores, window.outcome, POLICY.coverage)
    assert policy.costs == DecisionCosts(
        review=10, wrong_rejection=40, wrong_approval_share=0.5, wrong_approval_without_amount=100
    )
    assert (policy.reviews_a_day, policy.auto_reject, policy.shadow_price) == (None, False, None)


@given(st.floats(0, 250), st.booleans())
def test_reviews_stay_within_capacity_and_use_it(
    window: ScoredClaims, capacity: float, auto_reject: bool
) -> None:
    settings = POLICY.model_copy(update={"auto_reject": auto_reject})
    wanted = reviews(fit_policy(window, settings), window)
    limited = fit_policy(window, settings.model_copy(update={"reviews_a_day": capacity}))
    assert reviews(limited, window) == min(wanted, int(capacity * DAYS))


@given(st.integers(0, 20), st.lists(st.sampled_from([5_000.0, 20_000.0]), min_size=20, max_size=20))
def test_equal_gains_never_exceed_capacity(capacity: int, amounts: list[float]) -> None:
    """Claims that gain the same are reviewed together or not at all."""
    claims = ScoredClaims(np.full(20, 0.5), np.float32([0, 1] * 10), np.array(amounts), np.zeros(20))
    limited = fit_policy(claims, POLICY.model_copy(update={"reviews_a_day": capacity}))
    assert reviews(limited, claims) <= capacity


def test_the_shadow_price_is_the_gain_of_the_first_claim_that_gets_no_review() -> None:
    """Approving costs .5 · amount / 2, a review 10: gains of 15, 5 and −5, and time for one."""
    claims = ScoredClaims(np.full(3, 0.5), np.float32([0, 1, 1]), np.array([2e3, 1e4, 6e3]), np.zeros(3))
    limited = fit_policy(claims, POLICY.model_copy(update={"reviews_a_day": 1}))
    assert limited.shadow_price == 5
    assert limited.decide(claims.scores, claims.amounts).tolist() == [
        "ML_APPROVED",
        "ML_REVIEW",
        "ML_APPROVED",
    ]


@pytest.mark.parametrize(("capacity", "expected"), [(1, 60), (3, 60), (10, 200)])
def test_anomalous_claims_take_reviewers_time_first(
    window: ScoredClaims, capacity: int, expected: int
) -> None:
    """Sixty of 4,000 claims are anomalous, so 3 of each of the 20 days; the policy gives out the rest."""
    anomalous = np.zeros(len(window), dtype=bool)
    anomalous[np.argsort(window.scores)[-60:]] = True
    claims = replace(window, anomalous=anomalous)
    limited = fit_policy(claims, POLICY.model_copy(update={"reviews_a_day": capacity}))
    assert limited.reaches_person(claims.decided_by(limited)).sum() == expected


def test_capacity_is_of_the_mean_day_of_the_whole_window(window: ScoredClaims) -> None:
    stretched = replace(window, days=window.days * 2)  # 39 days instead of 20
    settings = POLICY.model_copy(update={"reviews_a_day": 40})
    assert reviews(fit_policy(stretched, settings), stretched) == 39 * 40


def test_unlimited_time_has_no_price(window: ScoredClaims) -> None:
    limited = fit_policy(window, POLICY.model_copy(update={"reviews_a_day": 1}))
    free = limited.model_copy(update={"reviews_a_day": None})
    assert limited.shadow_price is not None
    assert within_capacity(free, window).shadow_price is None


@pytest.mark.parametrize("capacity", [None, 60])
def test_a_policy_that_is_solved_anew_is_the_one_that_is_fitted_there(
    window: ScoredClaims, capacity: float | None
) -> None:
    settings = POLICY.model_copy(update={"reviews_a_day": capacity})
    other = replace(window, scores=window.scores**2)
    assert refit_policy(fit_policy(other, settings), window) == fit_policy(window, settings)
    assert fit_policy(other, settings) != fit_policy(window, settings)


@pytest.mark.parametrize("capacity", [None, 60])
def test_a_little_noise_on_scores_changes_few_decisions(window: ScoredClaims, capacity: float | None) -> None:
    """As quantization does it: noise of a hundredth of a logit, then 250 steps; each solved on its own."""
    logits = np.log(window.scores / (1 - window.scores)) + np.random.default_rng(1).normal(
        0, 0.01, len(window)
    )
    coarse = np.round(logits / 0.04) * 0.04
    settings = POLICY.model_copy(update={"reviews_a_day": capacity})
    noisy = replace(window, scores=1 / (1 + np.exp(-coarse)))
    before, after = (
        fit_policy(claims, settings).decide(claims.scores, claims.amounts) for claims in (window, noisy)
    )
    assert 0 < (before != after).mean() < 0.01
