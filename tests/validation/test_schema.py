"""The schema that a contract makes: each column's rule, on typed columns, with missing values let be."""

import numpy as np
import pytest

from claims.contract import Column
from claims.data.batch import Categories, Frame
from claims.validation.schema import find_faults, schema_of


def texts(*values: str | None) -> Categories:
    levels = sorted({value for value in values if value is not None})
    return Categories(np.array([levels.index(v) if v else -1 for v in values], dtype=np.int32), levels)


def faults(column: dict, data, unreadable=None, identifier: str | None = None, repeated=None) -> list[str]:
    frame = Frame(len(data), {"c": data})
    marks = np.array(unreadable or [None] * len(data), dtype=object)
    schema = schema_of({"c": Column.model_validate(column)}, identifier)
    return find_faults(schema, frame, marks, repeated).tolist()


@pytest.mark.parametrize(
    ("column", "data", "expected"),
    [
        ({"type": "category", "legal": ["A", "B"]}, texts("A", "C", None, "B"), ["", "legal", "", ""]),
        ({"type": "category", "required": True}, texts("A", None), ["", "required"]),
        ({"type": "category", "required": True}, texts(None, None), ["required", "required"]),
        ({"type": "list", "legal": ["A", "B"]}, texts("A;B", "A;C", None, "B"), ["", "legal", "", ""]),
        ({"type": "number", "range": [1, 3]}, np.array([1, 0, np.nan, 3, 4]), ["", "range", "", "", "range"]),
        ({"type": "number", "range": [None, 3]}, np.array([-1e9, 4]), ["", "range"]),
        ({"type": "money", "range": [0.01, 10]}, np.array([1.0, 0, 1000, 1001]), ["", "range", "", "range"]),
        ({"type": "date", "range": ["1970-01-02", None]}, np.array([1.0, 0.0]), ["", "range"]),
        ({"type": "number", "required": True, "range": [1, 3]}, np.array([np.nan, 9]), ["required", "range"]),
        ({"type": "number"}, np.array([]), []),
    ],
)  # fmt: skip
def test_a_value_is_held_against_its_column(column, data, expected) -> None:
    assert faults(column, data) == [reason and f"c: {reason}" for reason in expected]


def test_an_identifier_is_required_and_stands_once() -> None:
    identifier = {"type": "identifier", "protect": "hash"}
    repeated = np.array([False, False, True, False])
    reasons = faults(identifier, texts("b", "a", "b", None), identifier="c", repeated={"c": repeated})
    assert reasons == ["", "", "c: unique", "c: required"]


def test_all_reasons_of_a_row_are_named_in_order() -> None:
    reasons = faults({"type": "number", "required": True}, np.array([np.nan, 1]), ["c", None])
    assert reasons == ["c: readable; c: required", ""]
