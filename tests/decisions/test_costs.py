"""What decisions cost: six claims by hand."""

from dataclasses import replace

import numpy as np
import pytest

from claims.decisions.conformal import PredictionSets
from claims.decisions.costs import (
    compare_policies,
    expected_costs,
    measure_decisions,
    measure_workload,
    realised_costs,
)
from claims.decisions.policy import DecisionPolicy
from claims.decisions.scored_claims import ScoredClaims
from claims.results.decisions import OutcomeCounts
from model_parts import make_policy

SETS = PredictionSets(
    coverage=0.9, approved_from=0.3, rejected_to=0.7, attained_approved=0.9, attained_rejected=0.9
)
PERSON = make_policy(SETS)
ALONE = PERSON.model_copy(update={"auto_reject": True})
CLAIMS = ScoredClaims(
    scores=np.array([0.9, 0.9, 0.5, 0.5, 0.1, 0.1]),
    outcome=np.float32([1, 0, 1, 0, 1, 0]),
    amounts=np.array([10_000.0, 10_000, 10_000, 10_000, 10_000, 10_000]),
    days=np.array([0.0, 0, 0, 2, 2, 3]),
)
NAMES = ("ML_APPROVED", "ML_REVIEW", "ML_REJECTED")
DECISIONS = np.array(["ML_APPROVED"] * 2 + ["ML_REVIEW"] * 2 + ["ML_REJECTED"] * 2)


@pytest.mark.parametrize(
    ("policy", "realised", "expected"),
    [
        (PERSON, [0, 50, 10, 10, 10, 10], [5, 5, 10, 10, 10, 10]),
        (ALONE, [0, 50, 10, 10, 40, 0], [5, 5, 10, 10, 4, 4]),
    ],
    ids=["person", "alone"],
)
def test_costs_by_hand(policy: DecisionPolicy, realised: list[float], expected: list[float]) -> None:
    """A wrong approval costs half of 100 dollars, an appeal 40, a review 10."""
    np.testing.assert_allclose(realised_costs(policy, DECISIONS, CLAIMS), realised)
    np.testing.assert_allclose(expected_costs(policy, DECISIONS, CLAIMS), expected)


def test_decisions_by_hand() -> None:
    assert measure_decisions(PERSON, CLAIMS).model_dump() == {
        "shares": dict.fromkeys(NAMES, pytest.approx(1 / 3, abs=1e-6)),
        "outcomes": {name: {"approved": 1, "rejected": 1} for name in NAMES},
        "to_a_person": {name: pytest.approx(2 / 3, abs=1e-6) for name in ("share", "approved", "rejected")},
        "cost": 90.0,
        "cost_per_claim": 15.0,
        "expected_cost_per_claim": pytest.approx(50 / 6, abs=1e-6),
    }


def test_an_anomalous_claim_costs_its_review() -> None:
    """The wrong approval of 50 dollars becomes a review of 10, here and in the policies beside it."""
    claims = replace(CLAIMS, anomalous=np.array([False, True, False, False, False, False]))
    metrics = measure_decisions(PERSON, claims)
    assert (metrics.cost, metrics.outcomes["ML_REVIEW"]) == (50.0, OutcomeCounts(approved=1, rejected=2))
    assert compare_policies(PERSON, claims, claims).without_band == pytest.approx(50 / 6, abs=1e-6)
    assert measure_workload(PERSON, claims).mean == 5 / 4


def test_one_outcome_alone_is_measured() -> None:
    approved = ScoredClaims(
        *(part[[0, 2, 4]] for part in (CLAIMS.scores, CLAIMS.outcome, CLAIMS.amounts, CLAIMS.days))
    )
    assert measure_decisions(PERSON, approved).to_a_person.rejected is None


def test_scores_that_are_probabilities_cost_what_was_expected() -> None:
    random = np.random.default_rng(5)
    scores = random.beta(2, 1, 100_000)
    outcome = (random.random(len(scores)) < scores).astype(np.float32)
    claims = ScoredClaims(scores, outcome, random.uniform(1e3, 1e5, len(scores)), np.zeros(len(scores)))
    metrics = measure_decisions(ALONE, claims)
    assert metrics.cost_per_claim == pytest.approx(metrics.expected_cost_per_claim, rel=0.02)


def test_simpler_policies_by_hand() -> None:
    metrics = compare_policies(PERSON, CLAIMS, CLAIMS)
    assert metrics.review_all == 10
    assert metrics.approve_all == pytest.approx(3 * 50 / 6, abs=1e-6)
    assert metrics.reject_all == pytest.approx(3 * 40 / 6, abs=1e-6)
    assert metrics.without_band == pytest.approx((50 + 4 * 10) / 6, abs=1e-6)  # .1 · 50 < 10 < .5 · 50


def test_looking_at_amounts_saves_money() -> None:
    """Half the claims ask for 10 dollars and half for 2,000; one amount for all treats them alike."""
    random = np.random.default_rng(8)
    scores = random.beta(3, 1, 4_000)
    outcome = (random.random(len(scores)) < scores).astype(np.float32)
    claims = ScoredClaims(scores, outcome, np.tile([1e3, 2e5], 2_000), np.zeros(len(scores)))
    costs = compare_policies(PERSON, claims, claims)
    assert measure_decisions(PERSON, claims).cost_per_claim < 0.9 * costs.one_amount
    unknown = ScoredClaims(scores, outcome, np.full(4_000, np.nan), claims.days)
    same = compare_policies(PERSON, unknown, unknown).one_amount
    assert same == measure_decisions(PERSON, unknown).cost_per_claim


def test_workload_counts_days_without_claims() -> None:
    """Four claims reach a person: one on day 0, two on day 2, one on day 3; none on day 1."""
    tight = PERSON.model_copy(update={"reviews_a_day": 1})
    assert measure_workload(tight, CLAIMS).model_dump() == {
        "days": 4,
        "mean": 1.0,
        "p95": pytest.approx(1.85),
        "days_over_capacity": 0.25,
    }
    assert measure_workload(PERSON, CLAIMS).days_over_capacity is None
