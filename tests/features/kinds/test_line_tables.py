"""Counts of training lines: asked for what was seen, for what was not, and never a share of zero."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.features.kinds.line_share import ShareTable
from claims.features.kinds.line_tail import TailTable
from claims.features.worst_line import log_share
from features.claims_with_lines import texts

SHARE = ShareTable(counts={"a": {"E": 3, "": 1}, "b": {"I": 2}})
TAIL = TailTable(counts={"a": ((1.0, 5), (2.0, 3), (9.5, 1))})


@pytest.mark.parametrize(
    ("where", "what", "same", "whole"),
    [("a", "E", 3, 4), ("a", None, 1, 4), ("a", "I", 0, 4), ("b", None, 0, 2), ("z", "E", 0, 0)],
)
def test_lines_are_counted_by_context_and_item(where: str, what: str | None, same: int, whole: int) -> None:
    counts = SHARE.counted(texts([where, "b"]), texts([what, "I"]))

    assert [column.tolist() for column in counts] == [[same, 2], [whole, 2]]


@pytest.mark.parametrize(
    ("number", "larger"), [(0.0, 9), (1.0, 9), (1.5, 4), (2.0, 4), (9.5, 1), (10.0, 0), (np.inf, 0)]
)
def test_a_number_counts_those_that_are_as_large(number: float, larger: int) -> None:
    counts = TAIL.counted(texts(["a", "z"]), np.array([number, number]))

    assert [column.tolist() for column in counts] == [[larger, 0], [9, 0]]


def test_a_context_that_no_line_has_is_not_counted() -> None:
    unused = texts(["z", "a", "z", "a"]).take(np.array([1, 3]))

    assert TAIL.counted(unused, np.array([1.0, 2.0]))[0].tolist() == [9, 4]


@given(st.lists(st.integers(0, 10**9), min_size=1), st.integers(0, 10**9))
def test_a_share_is_finite_and_grows_with_its_part(parts: list[int], beyond: int) -> None:
    part = np.sort(np.array(parts, dtype=float))

    shares = log_share(part, part.max() + beyond)

    assert np.isfinite(shares).all()
    assert (np.diff(shares) >= 0).all()
    assert (shares < 0).all()
