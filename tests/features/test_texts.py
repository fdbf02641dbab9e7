"""Texts in alphabetical order, and crosses of them."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from claims.data.batch import Categories
from claims.data.storage import encode_texts
from claims.features.texts import JOINT, alphabetical, cross


@given(st.lists(st.text("aBé", max_size=2), unique=True), st.data())
def test_texts_are_put_into_alphabetical_order(levels: list[str], data: st.DataObject) -> None:
    codes = data.draw(st.lists(st.integers(-1, len(levels) - 1)))
    categories = Categories(np.array(codes, dtype=np.int32), levels)

    ordered = alphabetical(categories)

    assert ordered.levels == sorted(levels)
    assert ordered.texts().tolist() == categories.texts().tolist()


@given(st.lists(st.tuples(*[st.none() | st.sampled_from("abc")] * 3), min_size=1, max_size=20))
def test_crosses_are_equal_where_all_their_parts_are(rows: list[tuple[str | None, ...]]) -> None:
    parts = [
        encode_texts(pa.chunked_array([pa.array(part, pa.string())])) for part in zip(*rows, strict=True)
    ]

    crossed = cross(parts)

    assert crossed.texts().tolist() == [JOINT.join(part or "" for part in row) for row in rows]
    assert len(crossed.levels) == len(set(rows))


def test_a_cross_of_many_parts_does_not_mix_them_up() -> None:
    """As many combinations as no integer of 64 bits can number."""
    parts = [Categories(np.arange(2, dtype=np.int32), [str(level) for level in range(10_000)])] * 6

    assert cross(parts).texts().tolist() == [JOINT.join("0" * 6), JOINT.join("1" * 6)]
