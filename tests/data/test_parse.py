"""Raw columns from any source, typed by the contract."""

import datetime as dt
import math
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.contract import Column
from claims.data.batch import Categories
from claims.data.parse import parse, parse_column

BAD = object()  # stands in the tables for a value that is marked as unreadable
SAS = {"unit": "days since 1960-01-01"}
CODE = pa.array([11, 22, None, 11]).dictionary_encode()


def day(text: str) -> float:
    return float((dt.date.fromisoformat(text) - dt.date(1970, 1, 1)).days)


def read(column: Column, raw: pa.Array | list[Any]) -> list[Any]:
    """What a raw column becomes: None where missing, BAD where unreadable."""
    array = raw if isinstance(raw, pa.Array) else pa.array(raw)
    data, bad = parse_column(column, pa.chunked_array([array]))
    values = data.texts().tolist() if isinstance(data, Categories) else data.tolist()
    known = [None if value is None or value != value else value for value in values]
    return [BAD if unreadable else value for value, unreadable in zip(known, bad, strict=True)]


CATEGORIES = {
    "texts": (["A", " ", "", None, " b"], ["A", None, None, None, " b"]),
    "marker of the contract": (["-", " - ", "--"], [None, None, "--"]),
    "whole numbers": ([11, None], ["11", None]),
    "codes that arrive as floats": ([11.0, None, math.nan], ["11", None, None]),
    "one of them no whole number": ([11.0, 1.5], ["11", "1.5"]),
    "dictionary of texts": (pa.array(["A", None, "A"]).dictionary_encode(), ["A", None, "A"]),
    "dictionary of numbers": (CODE, ["11", "22", None, "11"]),
    "dictionary with a null level": (
        pa.DictionaryArray.from_arrays([0, 1], pa.array([None, "A"])),
        [None, "A"],
    ),
    "large texts": (pa.array(["A", None], pa.large_string()), ["A", None]),
    "text views": (pa.array(["A", None], pa.string_view()), ["A", None]),
    "booleans": ([True, False], ["true", "false"]),
    "nothing at all": ([None, None], [None, None]),
    "nested objects": ([{"a": 1}, None], [BAD, None]),
    "lists": ([["A"], None], [BAD, None]),
}
NUMBERS = {
    "texts": (["1", " 2.5 ", "-3e2"], [1.0, 2.5, -300.0]),
    "blanks and markers": (["", "  ", "-", None], [None] * 4),
    "what only Python reads": (["1_000", "inf", "-Infinity", "nan", "1e999"], [BAD] * 5),
    "words": (["one", "1 000", "0x1", "$5"], [BAD] * 4),
    "integers": ([1, None], [1.0, None]),
    "floats": ([1.5, math.nan, math.inf, -math.inf], [1.5, None, BAD, BAD]),
    "decimals": ([Decimal("1.50"), None], [1.5, None]),
    "dictionary of numbers": (CODE, [11.0, 22.0, None, 11.0]),
    "dictionary of texts": (pa.array(["1", "x"]).dictionary_encode(), [1.0, BAD]),
    "booleans": ([True, None, False], [BAD, None, BAD]),
    "dates": ([dt.date(2024, 1, 1)], [BAD]),
    "nested objects": ([{"a": 1}, None], [BAD, None]),
    "lists": ([[1]], [BAD]),
}
DATES = {
    "ISO texts": (["2024-02-29", " 1969-12-31", "", None], [day("2024-02-29"), -1.0, None, None]),
    "texts with a time": (["2024-02-29T23:59:59", "2024-02-29 00:00"], [day("2024-02-29")] * 2),
    "impossible days": (["2023-02-29", "2024-13-01", "01/02/2024", "0000-01-01"], [BAD] * 4),
    "date32": ([dt.date(2024, 2, 29), None], [day("2024-02-29"), None]),
    "date64": (pa.array([dt.date(2024, 2, 29)], pa.date64()), [day("2024-02-29")]),
    "timestamps": ([dt.datetime(1969, 12, 31, 23, 59), None], [-1.0, None]),
    "zoned timestamps": (
        pa.array([dt.datetime(2024, 2, 29, 5)], pa.timestamp("ns", "UTC")),
        [day("2024-02-29")],
    ),
    "counts without an epoch": ([19000, None], [BAD, None]),
    "times of day": ([dt.time(1), None], [BAD, None]),
    "durations": ([dt.timedelta(1), None], [BAD, None]),
}
COUNTED_DATES = {
    "integers": ([0, 3653, None], [day("1960-01-01"), 0.0, None]),
    "floats": ([3653.0, 3653.9, math.nan], [0.0, 0.0, None]),
    "texts": (["3653", " 3653.5", "-"], [0.0, 0.0, None]),
    "impossible days": ([1e9, -1e9, math.inf], [BAD] * 3),
    "impossible texts": (["1e9", "1e999", "nan", "1960-01-01"], [BAD] * 4),
    "dates all the same": ([dt.date(1970, 1, 1)], [0.0]),
}
MONEY = {
    "dollars in texts": (["1.15", "0.29", "1e2", "-", "$1"], [115.0, 29.0, 10000.0, None, BAD]),
    "dollars as floats": ([1.15, 1234567.89, math.inf], [115.0, 123456789.0, BAD]),
    "dollars as decimals": ([Decimal("1.15")], [115.0]),
}
LISTS = {
    "texts": (["a;b", " a ;; b", ";", "-", None], ["a;b", " a ; b", None, None, None]),
    "JSON lists": ([["a", "b"], [], [None], ["a", None, "b"], None], ["a;b", None, None, "a;b", None]),
    "lists of numbers": ([[1, 2]], ["1;2"]),
    "large lists": (pa.array([["a", "b"]], pa.large_list(pa.string())), ["a;b"]),
    "lists of objects": ([[{"a": 1}], None], [BAD, None]),
    "lists of lists": ([[["a"]]], [BAD]),
    "objects": ([{"a": 1}], [BAD]),
}
TABLES = {
    "category": (Column(type="category", missing=["-"]), CATEGORIES),
    "number": (Column(type="number", missing=["-"]), NUMBERS),
    "date": (Column(type="date"), DATES),
    "counted date": (Column(type="date", missing=["-"], **SAS), COUNTED_DATES),
    "money": (Column(type="money", missing=["-"]), MONEY),
    "list": (Column(type="list", missing=["-"]), LISTS),
}
CASES = [
    pytest.param(column, raw, expected, id=f"{name}: {case}")
    for name, (column, table) in TABLES.items()
    for case, (raw, expected) in table.items()
]


@pytest.mark.parametrize(("column", "raw", "expected"), CASES)
def test_a_raw_column_is_typed(column: Column, raw: pa.Array | list[Any], expected: list[Any]) -> None:
    assert read(column, raw) == expected


def test_another_separator_is_stored_as_the_common_one() -> None:
    column = Column(type="list", separator=" | ")

    assert read(column, ["a | b", "a;b | c"]) == ["a;b", "a,b;c"]
    assert read(column, [["a", "b"]]) == ["a;b"]


def test_cents_stay_as_they_are() -> None:
    column = Column(type="money", unit="cents")

    assert read(column, [115, None]) == read(column, ["115", ""]) == [115.0, None]


@given(st.integers(-(10**13), 10**13))
def test_any_cents_survive_dollars(cents: int) -> None:
    written = f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}"

    assert (
        read(Column(type="money"), [written]) == read(Column(type="money"), [cents / 100]) == [float(cents)]
    )


@given(st.dates())
def test_any_day_is_read_in_every_notation(date: dt.date) -> None:
    expected = [float((date - dt.date(1970, 1, 1)).days)]
    count = (date - dt.date(1960, 1, 1)).days

    assert read(Column(type="date"), [date.isoformat()]) == expected
    assert (
        read(Column(type="date", **SAS), [count])
        == read(Column(type="date", **SAS), [str(count)])
        == expected
    )


@pytest.mark.parametrize("kind", [pa.string(), pa.float64(), pa.null(), pa.list_(pa.string())], ids=str)
@pytest.mark.parametrize("column", [column for column, _ in TABLES.values()], ids=TABLES)
def test_an_empty_table_gives_an_empty_column(column: Column, kind: pa.DataType) -> None:
    data, bad = parse_column(column, pa.chunked_array([], kind))

    assert (len(data), len(bad)) == (0, 0)
    assert isinstance(data, Categories) != column.is_numeric


def test_chunks_with_different_dictionaries_are_one_column() -> None:
    chunks = [pa.array(["B", "A"]).dictionary_encode(), pa.array(["C", None, "B"]).dictionary_encode()]

    data, _ = parse_column(Column(type="category"), pa.chunked_array(chunks))

    assert isinstance(data, Categories)
    assert data.texts().tolist() == ["B", "A", "C", None, "B"]
    assert len(set(data.levels)) == len(data.levels) == 3


def test_a_frame_marks_only_columns_with_unreadable_values() -> None:
    table = pa.table({"amount": ["1", "x"], "code": ["A", "B"], "unknown": [1, 2]})

    frame = parse({"amount": Column(type="number"), "code": Column(type="category")}, table)

    assert list(frame.columns) == ["amount", "code"]
    assert {name: mask.tolist() for name, mask in frame.unreadable.items()} == {"amount": [False, True]}
    assert np.isnan(frame.numbers("amount")).tolist() == [False, True]
