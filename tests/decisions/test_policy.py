"""From score and amount to decision: four claims by hand, and what must hold of any."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.decisions.conformal import PredictionSets
from claims.decisions.policy import DecisionPolicy
from model_parts import make_policy

SETS = PredictionSets(
    coverage=0.9, approved_from=0.3, rejected_to=0.8, attained_approved=0.9, attained_rejected=0.9
)
NAN = float("nan")
SCORE, AMOUNT = st.floats(0, 1), st.one_of(st.just(NAN), st.floats(0, 1e8))


def policy(shadow_price: float | None = None, *, auto_reject: bool = False) -> DecisionPolicy:
    """Wrong approvals cost half the amount or 100, wrong rejections 40, reviews 10."""
    return make_policy(SETS, shadow_price, auto_reject=auto_reject)


def decide(rules: DecisionPolicy, score: float, dollars: float) -> str:
    return str(rules.decide(np.array([score]), np.array([100 * dollars]))[0])


@pytest.mark.parametrize(
    ("score", "dollars", "decision"),
    [
        (0.9, 100, "ML_APPROVED"),  # approving costs .1 · 50 = 5, less than a review
        (0.9, 300, "ML_REVIEW"),  # .1 · 150 = 15: more than a review
        (0.9, NAN, "ML_APPROVED"),  # .1 · 100 = 10: no more than a review
        (0.89, NAN, "ML_REVIEW"),
        (0.5, 10, "ML_REVIEW"),  # .5 · 5 = 2.50, but both outcomes are open
        (0.1, 10, "ML_REJECTED"),  # one outcome, and not the one that would be decided without a person
        (0.1, 1000, "ML_REJECTED"),
    ],
)
def test_without_automatic_rejections(score: float, dollars: float, decision: str) -> None:
    assert decide(policy(), score, dollars) == decision


@pytest.mark.parametrize(
    ("score", "dollars", "decision"),
    [
        (0.9, 100, "ML_APPROVED"),
        (0.9, 300, "ML_REVIEW"),  # approving costs 15, rejecting .9 · 40 = 36
        (0.5, 10, "ML_REVIEW"),
        (0.1, 1000, "ML_REJECTED"),  # rejecting costs .1 · 40 = 4, less than a review
        (0.29, 1000, "ML_REVIEW"),  # .29 · 40 = 11.60: more than a review
        (0.1, 4, "ML_REVIEW"),  # approving costs .9 · 2 = 1.80, but it is surely to be rejected
    ],
)
def test_with_automatic_rejections(score: float, dollars: float, decision: str) -> None:
    assert decide(policy(auto_reject=True), score, dollars) == decision


def test_the_amount_alone_changes_a_decision() -> None:
    decisions = policy().decide(np.full(3, 0.95), np.array([1e3, 1e5, 1e7]))
    assert decisions.tolist() == ["ML_APPROVED", "ML_REVIEW", "ML_REVIEW"]


@pytest.mark.parametrize(
    ("price", "decision"), [(-8.0, "ML_REVIEW"), (-7.5, "ML_APPROVED"), (0.0, "ML_APPROVED")]
)
def test_scarce_time_goes_to_claims_that_gain_more_than_its_price(price: float, decision: str) -> None:
    """Approving costs .5 · 5 = 2.50, so a review gains 2.50 − 10 = −7.50."""
    assert decide(policy(price), 0.5, 10) == decision


@given(SCORE, AMOUNT, st.one_of(st.none(), st.floats(-10, 100)))
def test_no_claim_is_rejected_without_a_person(score: float, cents: float, price: float | None) -> None:
    solved = policy(price)
    decisions = solved.decide(np.array([score]), np.array([cents]))
    assert solved.routes(decisions).tolist() == ["automatic" if decisions[0] == "ML_APPROVED" else "person"]


@given(SCORE, AMOUNT)
def test_a_claim_that_asks_for_nobody_is_decided_as_its_set_says(score: float, cents: float) -> None:
    for auto_reject in (False, True):
        solved, scores = policy(auto_reject=auto_reject), np.array([score])
        decisions = solved.decide(scores, np.array([cents]))
        if not solved.reaches_person(decisions)[0]:
            assert SETS.sizes(scores)[0] == 1
            assert SETS.holds_approved(scores)[0] == (decisions[0] == "ML_APPROVED")


@given(SCORE, AMOUNT, st.floats(-10, 100), st.booleans())
def test_dearer_time_never_adds_a_review(score: float, cents: float, price: float, auto_reject: bool) -> None:
    claim = np.array([score]), np.array([cents])
    cheap, dear = (policy(p, auto_reject=auto_reject) for p in (price, price + 5))
    assert cheap.reaches_person(cheap.decide(*claim))[0] >= dear.reaches_person(dear.decide(*claim))[0]


@pytest.mark.parametrize(
    ("auto_reject", "route"), [(False, "person"), (True, "automatic")], ids=["person", "automatic"]
)
def test_a_rejection_reaches_a_person_unless_it_may_be_automatic(auto_reject: bool, route: str) -> None:
    decisions = np.array(["ML_REJECTED", "ML_APPROVED", "ML_REVIEW", "ML_SKIPPED_NO_FEATURES"])
    assert policy(auto_reject=auto_reject).routes(decisions).tolist() == [
        route,
        "automatic",
        "person",
        "person",
    ]


def test_what_is_at_risk_is_a_share_of_the_amount_or_a_constant() -> None:
    dollars = policy().at_risk(np.array([20_000.0, 0.0, -500.0, NAN]))
    np.testing.assert_array_equal(dollars, [100, 0, 0, 100])
