"""Checksums that depend on what claims say and on nothing else."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.data.batch import Batch, Categories, Frame
from claims.data.checksum import checksum, row_hashes


def of(frame: Frame) -> str:
    return checksum(row_hashes(frame))


def small(amount: list[float], paid: list[float], codes: list[int], levels: list[str]) -> Frame:
    return Frame(
        len(amount),
        {
            "amount": np.array(amount),
            "paid": np.array(paid),
            "code": Categories(np.array(codes, dtype=np.int32), levels),
        },
    )


FRAME = small([1.0, 2.0], [0.0, np.nan], [0, -1], ["a"])
SAME = {
    "levels in another order": small([1.0, 2.0], [0.0, np.nan], [1, -1], ["unused", "a"]),
    "negative zero": small([1.0, 2.0], [-0.0, np.nan], [0, -1], ["a"]),
    "another NaN": small([1.0, 2.0], [0.0, -np.nan], [0, -1], ["a"]),
    "rows in another order": small([2.0, 1.0], [np.nan, 0.0], [-1, 0], ["a"]),
}
DIFFERENT = {
    "a number": small([1.5, 2.0], [0.0, np.nan], [0, -1], ["a"]),
    "zero for missing": small([1.0, 2.0], [0.0, 0.0], [0, -1], ["a"]),
    "a text": small([1.0, 2.0], [0.0, np.nan], [0, -1], ["b"]),
    "a text for missing": small([1.0, 2.0], [0.0, np.nan], [0, 0], ["a"]),
    "a value in another column": small([0.0, 2.0], [1.0, np.nan], [0, -1], ["a"]),
    "values of two rows exchanged": small([2.0, 1.0], [0.0, np.nan], [0, -1], ["a"]),
    "a duplicate": FRAME.take(np.array([0, 1, 1])),
    "a row less": FRAME.take(np.array([0])),
    "another name": Frame(2, {"x" if name == "paid" else name: c for name, c in FRAME.columns.items()}),
}


@pytest.mark.parametrize("frame", SAME.values(), ids=SAME)
def test_equal_claims_have_equal_checksums(frame: Frame) -> None:
    assert of(frame) == of(FRAME)


@pytest.mark.parametrize("frame", DIFFERENT.values(), ids=DIFFERENT)
def test_any_change_changes_the_checksum(frame: Frame) -> None:
    assert of(frame) != of(FRAME)


@pytest.mark.parametrize("reorder", [sorted, lambda names: sorted(names, reverse=True)], ids=["up", "down"])
def test_the_order_of_rows_and_columns_does_not_matter(batch: Batch, reorder: Callable) -> None:
    rows = np.random.default_rng(1).permutation(len(batch))
    columns = {name: batch.claims.columns[name] for name in reorder(batch.claims.columns)}

    assert of(Frame(len(batch), columns).take(rows)) == of(batch.claims)


@given(row=st.integers(0, 499), to=st.floats(allow_nan=False))
def test_any_changed_amount_changes_the_checksum(row: int, to: float) -> None:
    amounts = np.arange(500.0)
    changed = amounts.copy()
    changed[row] = to

    assert (of(Frame(500, {"x": changed})) == of(Frame(500, {"x": amounts}))) == (to == row)


def test_demo_claims_have_distinct_hashes(batch: Batch) -> None:
    assert len(np.unique(row_hashes(batch.claims))) == len(batch)
