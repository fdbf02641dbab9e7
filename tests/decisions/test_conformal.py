"""Prediction sets: by hand, as another library makes them, and with the coverage that they promise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from claims.decisions.conformal import PredictionSets, fit_sets

SETS = PredictionSets(
    coverage=0.9, approved_from=0.3, rejected_to=0.8, attained_approved=0.9, attained_rejected=0.9
)


def drawn(seed: int, size: int, shift: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Exchangeable claims: scores of approved ones lie higher; ``shift`` moves those of later claims."""
    random = np.random.default_rng(seed)
    outcome = (random.random(size) < 0.7).astype(np.float32)
    logits = random.normal(2 * outcome - 1 + shift, 1.0)
    return 1 / (1 + np.exp(-logits)), outcome


def too_few(covered: np.ndarray, level: float) -> bool:
    """Whether chance explains so low a share of covered claims less than once in a million."""
    return bool(binom.cdf(covered.sum(), len(covered), level) < 1e-6)


@pytest.mark.parametrize(
    ("score", "approved", "rejected", "size"),
    [(0.1, False, True, 1), (0.3, True, True, 2), (0.8, True, True, 2), (0.9, True, False, 1)],
)
def test_bounds_belong_to_the_set(score: float, approved: bool, rejected: bool, size: int) -> None:
    scores = np.array([score])
    assert SETS.holds_approved(scores).tolist() == [approved]
    assert SETS.holds_rejected(scores).tolist() == [rejected]
    assert SETS.sizes(scores).tolist() == [size]
    assert SETS.cover(scores, np.float32([1])).tolist() == [approved]
    assert SETS.cover(scores, np.float32([0])).tolist() == [rejected]


def test_bounds_that_cross_leave_sets_without_an_outcome() -> None:
    crossed = SETS.model_copy(update={"approved_from": 0.7, "rejected_to": 0.4})
    assert crossed.sizes(np.array([0.4, 0.5, 0.7])).tolist() == [1, 0, 1]


def test_bounds_of_nine_claims_by_hand() -> None:
    """Of 9 claims a set must hold ⌈10 · .8⌉ = 8: all but the strangest."""
    low, high = np.arange(1, 10) / 100, np.arange(91, 100) / 100
    scores, outcome = np.concatenate((low, high)), np.repeat(np.float32([0, 1]), 9)
    sets = fit_sets(scores, outcome, 0.8)
    assert (sets.rejected_to, sets.approved_from) == (0.08, 0.92)
    assert (sets.attained_rejected, sets.attained_approved) == (0.8, 0.8)


def test_too_few_claims_exclude_nothing() -> None:
    sets = fit_sets(np.array([0.1, 0.2, 0.8, 0.9]), np.float32([0, 0, 1, 1]), 0.9)
    assert (sets.approved_from, sets.rejected_to) == (0.0, 1.0)
    assert (sets.attained_approved, sets.attained_rejected) == (1.0, 1.0)


def test_a_bound_moves_to_the_nearest_end_of_a_step() -> None:
    """Of 99 rejected claims the 90th is wanted; it stands in a step of equal scores, 80 to 92 or 89 to 98."""
    for step, expected, guaranteed in ((range(79, 92), 0.92, 0.92), (range(88, 98), 0.88, 0.88)):
        rejected = np.arange(1, 100) / 100
        rejected[list(step)] = rejected[step[-1]]
        scores, outcome = np.append(rejected, 0.995), np.append(np.zeros(99), 1).astype(np.float32)
        sets = fit_sets(scores, outcome, 0.9)
        assert (sets.rejected_to, sets.attained_rejected) == (expected, pytest.approx(guaranteed))


@pytest.mark.parametrize("coverage", [0.8, 0.9, 0.95])
@pytest.mark.parametrize("seed", [1, 2])
def test_they_are_the_sets_of_crepes(coverage: float, seed: int) -> None:
    crepes = pytest.importorskip("crepes")
    (scores, outcome), (later, _) = drawn(seed, 700), drawn(seed + 10, 500)
    classifier = crepes.ConformalClassifier()
    classifier.fit(np.where(outcome == 1, 1 - scores, scores), bins=outcome)
    sets = fit_sets(scores, outcome, coverage)
    for label, strangeness, holds in (
        (1, 1 - later, sets.holds_approved(later)),
        (0, later, sets.holds_rejected(later)),
    ):
        theirs = classifier.predict_p(
            np.column_stack([strangeness]), bins=np.full(len(later), label), smoothing=False
        )
        np.testing.assert_array_equal(holds, theirs[:, 0] > 1 - coverage + 1e-12)


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.sampled_from([0.7, 0.9]), st.sampled_from([None, 40]))
def test_exchangeable_claims_are_covered_as_guaranteed(seed: int, coverage: float, steps: int | None) -> None:
    """Over many windows, each with its own bounds: that is what the guarantee speaks of."""
    met: dict[int, list[np.ndarray]] = {0: [], 1: []}
    levels: dict[int, list[float]] = {0: [], 1: []}
    for window in range(60):
        scores, outcome = drawn(seed + 7919 * window, 500)
        if steps:
            scores = np.round(scores * steps) / steps
        sets = fit_sets(scores[:300], outcome[:300], coverage)
        covered = sets.cover(scores[300:], outcome[300:])
        for label, level in ((0, sets.attained_rejected), (1, sets.attained_approved)):
            met[label].append(covered[outcome[300:] == label])
            levels[label].append(level)
    for label in (0, 1):
        assert not too_few(np.concatenate(met[label]), float(np.mean(levels[label])) - 0.02)


def test_a_shift_breaks_coverage_of_the_outcome_that_moved() -> None:
    sets = fit_sets(*drawn(3, 4_000), 0.9)
    still, moved = drawn(4, 4_000), drawn(4, 4_000, shift=-1.0)
    for (scores, outcome), broken in ((still, False), (moved, True)):
        covered = sets.cover(scores, outcome)[outcome == 1]
        assert too_few(covered, 0.9 - 0.02) == broken


@given(st.lists(st.sampled_from([0.1, 0.3, 0.5, 0.7]), min_size=2, max_size=40), st.sampled_from([0.5, 0.9]))
def test_more_coverage_never_narrows_the_sets(values: list[float], coverage: float) -> None:
    scores, outcome = np.array(values), (np.arange(len(values)) % 2).astype(np.float32)
    less, more = fit_sets(scores, outcome, coverage), fit_sets(scores, outcome, 0.99)
    assert more.approved_from <= less.approved_from
    assert more.rejected_to >= less.rejected_to
    assert 0 < less.attained_approved <= 1
