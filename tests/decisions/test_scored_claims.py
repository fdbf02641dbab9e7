"""Scored claims whose outcome is known."""

import numpy as np

from claims.decisions.conformal import fit_sets
from claims.decisions.scored_claims import ScoredClaims
from model_parts import make_policy


def test_a_window_counts_every_calendar_day() -> None:
    days = np.array([20_003.0, 20_000.0, 20_009.0])
    assert ScoredClaims(np.zeros(3), np.zeros(3, np.float32), np.zeros(3), days).calendar_days == 10


def test_it_takes_amounts_and_days_from_the_split(labelled) -> None:
    claims = ScoredClaims.of(labelled, np.full(len(labelled), 0.5))
    np.testing.assert_array_equal(claims.amounts, labelled.amount)
    np.testing.assert_array_equal(claims.days, labelled.day)
    assert len(claims) == len(labelled)


def test_anomalous_claims_are_reviewed_whatever_the_policy_says() -> None:
    scores, outcome = np.linspace(0, 1, 100), np.repeat(np.float32([0, 1]), 50)
    policy = make_policy(fit_sets(scores, outcome, 0.9), shadow_price=1e9)
    calm = ScoredClaims(scores, outcome, np.full(100, 1e4), np.zeros(100))
    some = ScoredClaims(scores, outcome, np.full(100, 1e4), np.zeros(100), anomalous=scores > 0.9)
    decided, by_policy = some.decided_by(policy), policy.decide(scores, calm.amounts)
    np.testing.assert_array_equal(calm.decided_by(policy), by_policy)
    np.testing.assert_array_equal(decided[scores <= 0.9], by_policy[scores <= 0.9])
    assert set(by_policy[scores > 0.9]) == {"ML_APPROVED"}
    assert set(decided[scores > 0.9]) == {"ML_REVIEW"}
