"""Upper bounds of losses: exact for shares, and stricter for many that all have to hold."""

import numpy as np
import pytest
from scipy import stats

from claims.evaluation.bounds import Resampled, Share, bound_loss, holm, state
from claims.results.losses import BoundedLoss


def passes(loss) -> bool:
    return bound_loss(loss).passes


def test_none_of_two_hundred_proves_little() -> None:
    few = Share(0, 200, 0.01)
    assert few.upper(0.05) == pytest.approx(0.01487, abs=1e-5)  # 1 − 0.05 ** (1 / 200)
    assert not passes(few)
    assert state(few, bound_loss(few)) == BoundedLoss(
        value=0, upper=0.014867, limit=0.01, passes=False, needs=299
    )
    assert passes(Share(0, 299, 0.01))
    assert not passes(Share(0, 298, 0.01))


@pytest.mark.parametrize("hits", [0, 3, 9, 10, 500])
def test_a_share_passes_exactly_where_its_bound_is_under_the_limit(hits: int) -> None:
    for limit in (0.005, 0.01, 0.02, 0.05):
        loss = Share(hits, 500, limit)
        assert passes(loss) == (loss.upper(0.05) <= limit)


def test_a_bound_of_a_share_is_exceeded_by_chance_as_often_as_it_says() -> None:
    true, size = 0.03, 400
    chances = stats.binom.pmf(np.arange(60), size, true)
    below = sum(chance for hits, chance in enumerate(chances) if Share(hits, size, 1).upper(0.05) < true)
    assert 0.01 < below <= 0.05


@pytest.mark.parametrize("value", [-0.01, 0.0, 0.002, 0.0031])
def test_a_difference_passes_where_its_bound_is_under_the_limit(value: float) -> None:
    loss = Resampled(value, 0.0005, 0.003)
    assert passes(loss) == (loss.upper(0.05) <= 0.003)


@pytest.mark.parametrize(("value", "expected"), [(0.0, True), (0.001, False)])
def test_a_difference_without_spread_is_certain(value: float, expected: bool) -> None:
    loss = Resampled(value, 0.0, 0.0)
    assert passes(loss) is expected
    assert loss.upper(0.01) == value


def with_chance(chance: float) -> Resampled:
    return Resampled(-float(stats.norm.isf(chance)), 1.0, 0.0)


def test_many_are_bounded_more_strictly_than_one() -> None:
    bounds = holm({"a": with_chance(0.001), "b": with_chance(0.02), "c": with_chance(0.04)})
    assert [bound.level for bound in bounds.values()] == pytest.approx([0.05 / 3, 0.025, 0.05])
    assert all(bound.passes for bound in bounds.values())
    assert passes(with_chance(0.03))
    assert not holm({"a": with_chance(0.03), "b": with_chance(0.04)})["a"].passes


def test_what_comes_after_the_first_failure_is_held_back_and_says_so() -> None:
    losses = {"a": with_chance(0.001), "b": with_chance(0.03), "c": with_chance(0.04)}
    bounds = holm(losses)
    assert [bound.passes for bound in bounds.values()] == [True, False, False]
    stated = {name: state(loss, bounds[name]) for name, loss in losses.items()}
    assert not stated["b"].held_back
    assert stated["b"].upper > stated["b"].limit
    assert stated["c"].held_back
    assert stated["c"].upper <= stated["c"].limit


def test_a_true_loss_at_the_limit_of_one_slice_rarely_passes_among_many() -> None:
    random = np.random.default_rng(2)
    passed = 0
    for _ in range(400):
        losses = {place: Resampled(random.normal(0.0, 1.0), 1.0, 0.0) for place in range(5)}
        passed += any(bound.passes for bound in holm(losses).values())
    assert passed / 400 < 0.08
