"""Drift: none between equal columns, all between disjoint ones; chance is what draws of one source give."""

import numpy as np
import pytest

from claims.data.batch import Categories
from claims.evaluation.drift import drift_between


def texts(values: list[str | None]) -> Categories:
    levels = sorted({value for value in values if value is not None})
    codes = [levels.index(value) if value is not None else -1 for value in values]
    return Categories(np.array(codes, dtype=np.int32), levels)


def test_equal_columns_do_not_differ() -> None:
    numbers, words = np.array([1.0, 2.0, np.nan]), texts(["a", "b", None])
    for column, measure in ((numbers, "KS"), (words, "JS")):
        drift = drift_between(column, column)
        assert (drift.measure, drift.size) == (measure, 0.0)
        assert drift.missing == (pytest.approx(1 / 3), pytest.approx(1 / 3))


def test_columns_with_nothing_in_common_differ_by_one() -> None:
    assert drift_between(np.arange(9.0), np.arange(9.0) + 10).size == 1.0
    assert drift_between(texts(["a", "b"]), texts(["c"])).size == pytest.approx(1.0)


def test_the_measures_are_the_published_ones() -> None:
    assert drift_between(np.array([1.0, 2, 3, 4]), np.array([3.0, 4, 5, 6])).size == 0.5
    # p = (1/2, 1/2), q = (1, 0): JSD = H(3/4, 1/4) − H(1/2)/2 bits
    divergence = -(0.75 * np.log2(0.75) + 0.25 * np.log2(0.25)) - 0.5
    drift = drift_between(texts(["a", "b"] * 8), texts(["a"] * 5))
    assert drift.size == pytest.approx(np.sqrt(divergence))


def test_the_order_of_levels_and_unused_levels_make_no_difference() -> None:
    drift = drift_between(
        Categories(np.array([0, 1, 1], dtype=np.int32), ["a", "b"]),
        Categories(np.array([1, 1, 2], dtype=np.int32), ["never", "b", "a"]),
    )
    assert drift.size == pytest.approx(0.0, abs=1e-9)


def test_lists_are_compared_by_their_items() -> None:
    before, after = texts(["x;y", "z"]), texts(["x", "y;z"])
    assert drift_between(before, after).size == pytest.approx(1.0)
    assert drift_between(before, after, of_items=True).size == pytest.approx(0.0, abs=1e-9)


def test_a_column_without_values_has_no_distance_but_a_share() -> None:
    drift = drift_between(np.full(4, np.nan), np.arange(4.0))
    assert (drift.size, drift.chance, drift.missing) == (None, None, (1.0, 0.0))
    assert drift_between(texts([None]), texts(["a"])).size is None


@pytest.mark.parametrize("shift", [0.1, 0.3, 1.0])
def test_a_planted_shift_is_far_beyond_chance_and_grows(shift: float) -> None:
    draw = np.random.default_rng(3)
    drift = drift_between(draw.normal(size=20_000), draw.normal(shift, size=20_000))
    # of two normals a shift apart: 2Φ(shift/2) − 1, about 0.3989 · shift
    assert drift.size == pytest.approx(0.3989 * shift, rel=0.15)
    assert drift.size > 3 * drift.chance


@pytest.mark.parametrize(("values", "sizes"), [(2, (500, 900)), (30, (2_000, 2_000)), (400, (3_000, 1_500))])
def test_chance_is_what_two_draws_of_one_source_come_to(values: int, sizes: tuple[int, int]) -> None:
    draw = np.random.default_rng(11)
    shares = draw.dirichlet(np.full(values, 2.0))

    def drawn(size: int) -> Categories:
        return Categories(
            draw.choice(values, size, p=shares).astype(np.int32), [str(n) for n in range(values)]
        )

    drifts = [drift_between(drawn(sizes[0]), drawn(sizes[1])) for _ in range(60)]
    root_mean_square = np.sqrt(np.mean([drift.size**2 for drift in drifts]))
    assert root_mean_square == pytest.approx(np.mean([drift.chance for drift in drifts]), rel=0.15)
    numbers = [drift_between(draw.normal(size=sizes[0]), draw.normal(size=sizes[1])) for _ in range(60)]
    assert np.mean([drift.size for drift in numbers]) == pytest.approx(numbers[0].chance, rel=0.15)


def test_texts_and_numbers_are_not_compared() -> None:
    with pytest.raises(TypeError):
        drift_between(texts(["a"]), np.zeros(1))
