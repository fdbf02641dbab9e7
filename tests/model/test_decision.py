"""Calibration and thresholds: the best there are, found by trying all of them."""

from itertools import combinations_with_replacement

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.config import Evaluate
from claims.model.decision import cheapest_thresholds, fit_calibration, fit_thresholds
from claims.model.logits import Thresholds
from claims.model.measure import measure_decisions
from model_parts import COSTS

Claim = tuple[float, bool]
SCORES = [0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0]  # few, so that many claims score the same
PLACES = [-1.0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 2.0]  # one in every gap
CLAIMS = st.lists(st.tuples(st.sampled_from(SCORES), st.booleans()), min_size=1, max_size=12)
PRICE = st.sampled_from([0.5, 1.0, 2.0, 5.0, 8.0, 10.0])
COSTS_OF_ALL_KINDS = st.builds(
    Evaluate,
    wrong_approval=PRICE,
    wrong_rejection=PRICE,
    review=PRICE,
    min_slice=st.just(1),
    anomaly_reviews=st.just(0.0),
)


@pytest.fixture(scope="module")
def calibrated() -> tuple[np.ndarray, np.ndarray]:
    """Scores that are the true probabilities of their outcomes."""
    random = np.random.default_rng(6)
    scores = random.random(20_000)
    return scores, (random.random(len(scores)) < scores).astype(np.float32)


def arrays(claims: list[Claim]) -> tuple[np.ndarray, np.ndarray]:
    scores, outcome = zip(*claims, strict=True)
    return np.array(scores), np.array(outcome, dtype=np.float32)


def cost(claims: list[Claim], thresholds: Thresholds, costs: Evaluate) -> float:
    return measure_decisions(*arrays(claims), thresholds, costs)["cost_per_claim"]


def log_loss(scores: np.ndarray, outcome: np.ndarray) -> float:
    return float(-np.log(np.where(outcome == 1, scores, 1 - scores)).mean())


def cheapest(claims: list[Claim], costs: Evaluate) -> Thresholds:
    return cheapest_thresholds(*arrays(claims), costs, np.ones(len(claims)))


@given(CLAIMS, COSTS_OF_ALL_KINDS)
def test_no_other_thresholds_cost_less(claims: list[Claim], costs: Evaluate) -> None:
    tried = [
        cost(claims, Thresholds(reject=low, approve=high, cutoff=0), costs)
        for low, high in combinations_with_replacement(PLACES, 2)
    ]
    assert cost(claims, cheapest(claims, costs), costs) == pytest.approx(min(tried), abs=1e-5)


@given(CLAIMS, COSTS_OF_ALL_KINDS)
def test_no_other_cutoff_costs_less(claims: list[Claim], costs: Evaluate) -> None:
    def unreviewed(place: float) -> float:
        return cost(claims, Thresholds(reject=place, approve=place, cutoff=place), costs)

    best = min(map(unreviewed, PLACES))
    assert unreviewed(cheapest(claims, costs).cutoff) == pytest.approx(best, abs=1e-5)


@given(CLAIMS, COSTS_OF_ALL_KINDS, st.randoms(use_true_random=False))
def test_a_weight_counts_a_claim_as_often(claims: list[Claim], costs: Evaluate, random) -> None:
    weights = [random.randint(1, 3) for _ in claims]
    repeated = [claim for claim, weight in zip(claims, weights, strict=True) for _ in range(weight)]
    weighted = cheapest_thresholds(*arrays(claims), costs, np.array(weights, dtype=np.float64))
    assert weighted == cheapest(repeated, costs)


@pytest.mark.parametrize("solve", [cheapest, lambda claims, costs: fit_thresholds(*arrays(claims), costs)])
@settings(max_examples=30)
@given(claims=CLAIMS, costs=COSTS_OF_ALL_KINDS)
def test_thresholds_are_in_order_and_decide_equal_scores_alike(solve, claims, costs) -> None:
    found, (scores, _) = solve(claims, costs), arrays(claims)
    assert found.reject <= found.approve
    assert not np.isin([found.reject, found.approve, found.cutoff], scores).any()


def test_thresholds_of_many_claims_cost_hardly_more_than_the_cheapest(calibrated) -> None:
    scores, outcome = calibrated
    claims = list(zip(scores.tolist(), outcome.tolist(), strict=True))
    least = cost(claims, cheapest(claims, COSTS), COSTS)
    assert least <= cost(claims, fit_thresholds(scores, outcome, COSTS), COSTS) < 1.02 * least


def test_thresholds_of_true_probabilities_are_where_the_costs_meet(calibrated) -> None:
    """Approving at p costs (1 − p) · 10, reviewing 2: they meet at 0.8; rejecting at 0.2."""
    found = fit_thresholds(*calibrated, COSTS)
    assert (found.approve, found.reject, found.cutoff) == pytest.approx((0.8, 0.2, 0.5), abs=0.05)


def test_perfect_scores_need_no_person() -> None:
    scores, outcome = np.array([0.1, 0.2, 0.8, 0.9]), np.float32([0, 0, 1, 1])
    found = fit_thresholds(scores, outcome, COSTS)
    assert found.decide(scores).tolist() == ["ML_REJECTED"] * 2 + ["ML_APPROVED"] * 2
    assert 0.2 < found.reject <= found.approve < 0.8


def test_useless_scores_leave_every_claim_to_a_person() -> None:
    scores, outcome = np.full(100, 0.5), np.float32([0, 1] * 50)
    found = fit_thresholds(scores, outcome, COSTS)
    assert set(found.decide(scores)) == {"ML_REVIEW"}
    assert found.reject < 0 < 1 < found.approve


@pytest.mark.parametrize("slope", [0.3, 1.0, 4.0])
@pytest.mark.parametrize("intercept", [-1.0, 0.5])
def test_calibration_finds_how_logits_were_bent(slope: float, intercept: float) -> None:
    random = np.random.default_rng(1)
    logits = random.normal(size=50_000)
    truth = 1 / (1 + np.exp(-(slope * logits + intercept)))
    outcome = (random.random(len(logits)) < truth).astype(np.float32)
    found = fit_calibration(logits, outcome)
    assert (found.slope, found.intercept) == pytest.approx((slope, intercept), abs=0.1)


@pytest.mark.parametrize("signal", [-1.0, 0.0, 0.3, 3.0])
@pytest.mark.parametrize("shift", [-2.0, 5.0])
def test_calibration_never_loses_and_keeps_the_ranking(signal: float, shift: float) -> None:
    random = np.random.default_rng(2)
    outcome = (random.random(2_000) < 0.75).astype(np.float32)
    logits = random.normal(size=len(outcome)) + signal * (2 * outcome - 1) + shift
    scores, share = fit_calibration(logits, outcome).scores(logits), np.full(len(outcome), outcome.mean())
    assert log_loss(scores, outcome) <= log_loss(1 / (1 + np.exp(-logits)), outcome)
    assert log_loss(scores, outcome) <= log_loss(share, outcome) + 1e-4
    assert (np.diff(scores[np.argsort(logits)]) >= 0).all()


def test_perfect_logits_calibrate_to_certainty() -> None:
    logits, outcome = np.linspace(-2, 2, 200), np.repeat(np.float32([0, 1]), 100)
    scores = fit_calibration(logits, outcome).scores(logits)
    assert np.isfinite(scores).all()
    assert log_loss(np.clip(scores, 1e-15, 1 - 1e-15), outcome) < 0.01
