"""Counts by key: what Python's Counter says, whatever is counted first and wherever."""

from collections import Counter
from functools import reduce
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from claims.data.batch import Categories
from claims.data.storage import encode_texts
from claims.features.tally import Tally

Row = tuple[str | None, int, float, int]
ROWS = st.lists(
    st.tuples(
        st.none() | st.text("aBé\x1f", max_size=2),
        st.integers(-3, 3),
        st.sampled_from([-1.5, 0.0, 2.0, np.nan]),
        st.integers(0, 5),
    ),
    max_size=30,
)


def texts(values: list[str | None]) -> Categories:
    return encode_texts(pa.chunked_array([pa.array(values, pa.string())]))


def tally_of(rows: list[Row]) -> Tally:
    said, whole, numbers, added = ([row[place] for row in rows] for place in range(4))
    keys = (texts(said), np.array(whole, dtype=np.int64), np.array(numbers, dtype=float))
    return Tally.of(keys, np.array([[1, more] for more in added], dtype=np.int64).reshape(-1, 2))


def plain(tally: Tally) -> list[Any]:
    """Keys with their counts, in order; NaN as a text, which is equal to itself."""
    numbers = ["nan" if value != value else value for value in tally.values(2).tolist()]
    keys = zip(tally.texts(0).texts().tolist(), tally.values(1).tolist(), numbers, strict=True)
    return [*zip(keys, tally.counts.tolist(), strict=True)]


@given(ROWS)
def test_each_key_is_counted_once_in_ascending_order(rows: list[Row]) -> None:
    rows_of, sums = Counter[Any](), Counter[Any]()
    for said, whole, number, more in rows:
        key = (said, whole, "nan" if number != number else number)
        rows_of[key] += 1
        sums[key] += more
    order = sorted(rows_of, key=lambda k: (k[0] is not None, k[0] or "", k[1], k[2] == "nan", k[2]))

    assert plain(tally_of(rows)) == [(key, [rows_of[key], sums[key]]) for key in order]


@given(ROWS, st.data())
def test_any_partition_merged_in_any_order_is_the_whole(rows: list[Row], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(rows))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(rows)), max_size=4)))
    parts = [shuffled[a:b] for a, b in zip([0, *cuts], [*cuts, len(rows)], strict=True)]

    merged = reduce(Tally.merge, map(tally_of, data.draw(st.permutations(parts))))

    assert plain(merged) == plain(tally_of(rows))
    assert merged.texts(0).levels == tally_of(rows).texts(0).levels


@given(ROWS)
def test_counts_over_a_part_of_the_key_add_up(rows: list[Row]) -> None:
    over = tally_of(rows).over(1)

    expected = sorted(Counter(row[1] for row in rows).items())
    assert [*zip(over.values(0).tolist(), over.counts[:, 0].tolist(), strict=True)] == expected


@given(ROWS)
def test_the_keys_that_are_taken_keep_their_counts(rows: list[Row]) -> None:
    whole = tally_of(rows)

    taken = whole.take(whole.counts[:, 0] > 1)

    assert plain(taken) == [entry for entry in plain(whole) if entry[1][0] > 1]
    assert set(taken.texts(0).levels) == {key[0] for key, _ in plain(taken)} - {None}
