"""Typed columns to Arrow and back."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.contract import Column, Contract
from claims.data.batch import Categories, Frame
from claims.data.storage import (
    attach,
    decode_texts,
    encode_texts,
    find_owner,
    from_arrow,
    load_batch,
    to_arrow,
)

COLUMNS = {name: Column(type=name) for name in ("number", "money", "date", "category", "list")}
WHOLE = st.none() | st.integers(-700_000, 2_900_000)
TEXT = st.none() | st.text(alphabet="aé;Z", min_size=1, max_size=3)
ROW = st.tuples(st.none() | st.floats(allow_nan=False), WHOLE, WHOLE, TEXT, TEXT)


def texts(values: list[str | None]) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values, pa.string())])


def frame_of(rows: list[tuple]) -> Frame:
    raw = dict(zip(COLUMNS, zip(*rows, strict=True), strict=True))
    data = {
        name: np.array([np.nan if value is None else value for value in values], dtype=float)
        if COLUMNS[name].is_numeric
        else encode_texts(texts(list(values)))
        for name, values in raw.items()
    }
    return Frame(len(rows), data)


@given(st.lists(ROW, min_size=1, max_size=10))
def test_what_is_stored_is_read_back(rows: list[tuple]) -> None:
    frame = frame_of(rows)

    back = from_arrow(COLUMNS, to_arrow(COLUMNS, frame))

    for name, column in COLUMNS.items():
        if column.is_numeric:
            assert np.array_equal(back.numbers(name), frame.numbers(name), equal_nan=True)
        else:
            assert back.categories(name).texts().tolist() == frame.categories(name).texts().tolist()


def test_stored_types_are_those_of_the_contract() -> None:
    stored = to_arrow(COLUMNS, frame_of([(1.5, 115, 0, "A", "a;b")]))

    assert [str(kind) for kind in stored.schema.types[:3]] == ["double", "int64", "date32[day]"]
    assert all(pa.types.is_dictionary(kind) for kind in stored.schema.types[3:])


def test_columns_that_the_contract_does_not_name_are_left_out() -> None:
    assert list(from_arrow({"a": Column(type="number")}, pa.table({"a": [1.0], "b": [2.0]})).columns) == ["a"]


@given(st.lists(TEXT, max_size=10), st.integers(0, 10))
def test_texts_survive_any_encoding(values: list[str | None], cut: int) -> None:
    parts = [pa.array(part, pa.string()).dictionary_encode() for part in (values[:cut], values[cut:])]

    encoded = encode_texts(pa.chunked_array(parts))

    assert encoded.texts().tolist() == decode_texts(encoded).to_pylist() == values


@pytest.mark.parametrize(
    ("claims", "lines", "owner"),
    [
        (["a", "b"], ["b", "a", "b"], [1, 0, 1]),
        (["a"], ["c", "a"], [-1, 0]),
        ([None, "a"], [None, "a"], [-1, 1]),
        ([], ["a"], [-1]),
        (["a"], [], []),
    ],
    ids=["in any order", "of no claim", "naming none", "no claims", "no lines"],
)
def test_lines_find_the_claim_they_name(
    claims: list[str | None], lines: list[str | None], owner: list[int]
) -> None:
    assert find_owner(texts(claims), texts(lines)).tolist() == owner


def test_attached_lines_stand_in_the_order_of_their_claims_and_their_numbers() -> None:
    claims, lines = Frame(2, {"x": np.zeros(2)}), Frame(5, {"line": np.array([0.0, 4.0, 2.0, 3.0, 1.0])})

    batch = attach(claims, lines, np.array([1, 0, -1, 1, 0]), "line")

    assert batch.lines.numbers("line").tolist() == [1, 4, 0, 3]
    assert batch.owner.tolist() == [0, 0, 1, 1]


def test_loaded_claims_leave_lines_of_others_out(contract: Contract) -> None:
    names = {"claim_id": ["a", "b"]}
    lines = {"claim_id": ["b", "z", "b"], "line_number": [2.0, 1.0, 1.0], "units": [1.0, 2.0, 3.0]}

    batch = load_batch(contract, pa.table(names), pa.table(lines))

    assert (batch.lines.numbers("units").tolist(), batch.owner.tolist()) == ([3, 1], [1, 1])


def test_claims_load_without_lines(contract: Contract) -> None:
    batch = load_batch(contract, pa.table({"claim_id": ["a"]}), None)

    assert (len(batch), batch.lines.size) == (1, 0)
    assert isinstance(batch.claims.columns["claim_id"], Categories)
