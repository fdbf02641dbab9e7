"""What one column of a contract may say, and what follows from it."""

import datetime as dt
from typing import Any

import pytest
from pydantic import ValidationError

from claims.contract import Column, optional

LEGAL = [
    {"type": "identifier", "privacy": "direct", "protect": "hash"},
    {"type": "identifier", "protect": "drop"},
    {"type": "category", "known": "offline", "privacy": "quasi", "protected": True, "legal": ["A", 1]},
    {"type": "category", "required": True, "missing": ["-"], "if_missing": "most_frequent"},
    {"type": "category", "correct": {"trim": True, "case": "lower", "remove": ".", "alias": {"a": "b"}}},
    {"type": "number", "range": [None, 5], "correct": {"clip": [0, None]}, "if_missing": "mean"},
    {"type": "money", "unit": "cents", "optional": True, "known": "outcome"},
    {"type": "date", "unit": "iso", "range": [dt.date(2000, 1, 1), None]},
    {"type": "date", "unit": "days since 1960-01-01"},
    {"type": "list", "separator": "|", "legal": ["A"]},
]

ILLEGAL = {
    "direct without protection": ({"type": "category", "privacy": "direct"}, "needs protect"),
    "identifier without protection": ({"type": "identifier"}, "needs protect"),
    "hashed category": ({"type": "category", "protect": "hash"}, "only columns of type identifier"),
    "unit of a number": ({"type": "number", "unit": "cents"}, "legal for type number: none"),
    "unit of money": ({"type": "money", "unit": "euro"}, "dollars or cents"),
    "legal numbers": ({"type": "number", "legal": ["1"]}, "takes range"),
    "range of a list": ({"type": "list", "range": [0, 1]}, "takes legal"),
    "reversed range": ({"type": "money", "range": [2, 1]}, "ends before it starts"),
    "no type": ({}, "Field required"),
}


@pytest.mark.parametrize("keys", LEGAL, ids=str)
def test_every_legal_key_loads(keys: dict[str, Any]) -> None:
    said = Column(**keys).model_dump(exclude_unset=True)

    assert said.keys() == keys.keys()


def test_the_table_of_legal_keys_is_complete() -> None:
    assert {key for keys in LEGAL for key in keys} == set(Column.model_fields)


@pytest.mark.parametrize(("keys", "said"), ILLEGAL.values(), ids=ILLEGAL)
def test_keys_that_disagree_are_refused(keys: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Column(**keys)


@pytest.mark.parametrize(
    ("keys", "bounds"),
    [
        ({"type": "number", "range": [1, 2.5]}, (1.0, 2.5)),
        ({"type": "number"}, (-float("inf"), float("inf"))),
        ({"type": "money", "range": [0.29, 1.15]}, (29.0, 115.0)),
        ({"type": "date", "range": [dt.date(1970, 1, 2), None]}, (1.0, float("inf"))),
    ],
    ids=["number", "open", "whole cents", "days"],
)
def test_bounds_are_in_stored_units(keys: dict[str, Any], bounds: tuple[float, float]) -> None:
    assert Column(**keys).bounds == bounds


@pytest.mark.parametrize(
    ("unit", "epoch"), [("iso", None), ("", None), ("days since 1960-01-01", dt.date(1960, 1, 1))]
)
def test_epoch_is_day_zero_of_counted_days(unit: str, epoch: dt.date | None) -> None:
    assert Column(type="date", unit=unit).epoch == epoch


def test_optional_columns_are_those_that_say_so() -> None:
    assert optional({"a": Column(type="number", optional=True), "b": Column(type="number")}) == ["a"]
