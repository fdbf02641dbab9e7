"""Folds are drawn by a claim's identifier and the seed, and by nothing else."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from claims.data.batch import Categories
from claims.features.folds import draw

IDENTIFIERS = Categories(np.arange(4_000, dtype=np.int32), [f"{number:032x}" for number in range(4_000)])


@given(st.lists(st.integers(0, 3_999), min_size=1, max_size=20), st.integers(0, 2**40))
def test_a_claim_draws_the_same_in_any_company(rows: list[int], seed: int) -> None:
    alone = [draw(Categories(np.zeros(1, np.int32), [IDENTIFIERS.levels[row]]), seed)[0] for row in rows]

    assert draw(IDENTIFIERS.take(np.array(rows)), seed).tolist() == alone


def test_another_seed_draws_otherwise() -> None:
    assert (draw(IDENTIFIERS, 1) != draw(IDENTIFIERS, 2)).all()


def test_what_is_drawn_stays_the_same_for_ever() -> None:
    assert draw(IDENTIFIERS.take(np.array([0, 1])), 7).tolist() == [7765656353290691080, 11936814039584834980]


def test_folds_are_of_about_the_same_size() -> None:
    """Binomial: the standard deviation of a fold of 800 among 4,000 is 25."""
    sizes = np.bincount((draw(IDENTIFIERS, 1) % np.uint64(5)).astype(int))

    assert abs(sizes - 800).max() < 100
