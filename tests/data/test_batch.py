"""Typed claims in memory."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.data.batch import Batch, Categories, Frame

NUMBERS = Frame(2, {"amount": np.array([1.0, 2.0])})


def claims_with_lines(counts: list[int]) -> Batch:
    """Claim i with ``counts[i]`` lines, every line numbered."""
    owner = np.repeat(np.arange(len(counts)), counts)
    lines = Frame(len(owner), {"line": np.arange(len(owner), dtype=float)})
    return Batch(Frame(len(counts), {"claim": np.arange(len(counts), dtype=float)}), lines, owner)


@given(st.data(), st.lists(st.integers(0, 4), min_size=1, max_size=8))
def test_taken_claims_keep_their_lines(data: st.DataObject, counts: list[int]) -> None:
    batch = claims_with_lines(counts)
    rows = data.draw(st.lists(st.integers(0, len(counts) - 1), max_size=12))

    taken = batch.take(np.array(rows, dtype=np.int64))

    lines = [[line for line, owner in enumerate(batch.owner) if owner == row] for row in rows]
    assert taken.claims.numbers("claim").tolist() == rows
    assert taken.lines.numbers("line").tolist() == [line for own in lines for line in own]
    assert taken.owner.tolist() == [row for row, own in enumerate(lines) for _ in own]


def test_taken_rows_keep_their_unreadable_marks() -> None:
    frame = Frame(2, {"x": np.array([1.0, np.nan])}, {"x": np.array([False, True])})

    assert frame.take(np.array([1, 0, 1])).unreadable["x"].tolist() == [True, False, True]


def test_recode_merges_levels_and_drops_those_without_a_text() -> None:
    column = Categories(np.array([0, 1, 2, -1], dtype=np.int32), ["a", "A", "?"])

    merged = column.recode(["A", "A", None])

    assert merged.texts().tolist() == ["A", "A", None, None]
    assert merged.levels == ["A"]


def test_texts_are_no_numbers_and_numbers_no_texts() -> None:
    with pytest.raises(TypeError, match="amount holds numbers"):
        NUMBERS.categories("amount")
    with pytest.raises(TypeError, match="code holds texts"):
        Frame(0, {"code": Categories(np.empty(0, dtype=np.int32), [])}).numbers("code")
