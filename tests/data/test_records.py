"""Claims as JSON objects, to typed batches and back."""

import json
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.base.errors import DataError
from claims.contract import Column, Contract, parse_contract
from claims.data.batch import Batch, Categories, Frame
from claims.data.parse import parse
from claims.data.records import from_records, to_records

SMALL = parse_contract(
    """
name: small
version: 1
description: one column of each type that JSON can hold
claims: {table: claims, identifier: id, event_time: received}
columns:
  id: {type: identifier, privacy: direct, protect: hash}
  received: {type: date}
  counted: {type: date, unit: days since 1960-01-01}
  cents: {type: money, unit: cents}
  code: {type: category, optional: true}
  amount: {type: number}
  items: {type: list, separator: ","}
  status: {type: category, known: outcome}
outcome: {column: status, approved: [PAID], rejected: [DENIED]}
features:
  lag: {kind: days_between, start: counted, end: received}
  cents: {kind: column, of: cents}
  code: {kind: column, of: code}
  amount: {kind: column, of: amount}
  items_held: {kind: items, of: items, top: 3}
""",
    "small.yaml",
)
CLAIM = {"received": "2024-02-29", "counted": 1, "cents": 115, "code": "A", "amount": 1.5, "items": "a,b"}


def plain(columns: Mapping[str, Column], table: pa.Table) -> Frame:
    return parse(columns, table)


def typed(contract: Contract, records: list[dict[str, Any]]) -> Batch:
    return from_records(contract, records, plain, lambda row: f"claim {row}")


def column(name: str, *values: Any) -> list[Any]:
    """One field of small claims, typed."""
    data = typed(SMALL, [CLAIM | {name: value} for value in values]).claims.columns[name]
    return data.texts().tolist() if isinstance(data, Categories) else data.tolist()


def assert_equal(left: Frame, right: Frame) -> None:
    for name, values in left.columns.items():
        if isinstance(values, Categories):
            assert values.texts().tolist() == right.categories(name).texts().tolist()
        else:
            assert np.array_equal(values, right.numbers(name), equal_nan=True)


def test_demo_claims_survive_json(contract: Contract, batch: Batch) -> None:
    back = typed(contract, json.loads(json.dumps(to_records(contract, batch))))

    assert_equal(back.claims, batch.claims)
    assert_equal(back.lines, batch.lines)
    assert np.array_equal(back.owner, batch.owner)


def test_every_notation_survives_json() -> None:
    missing = dict.fromkeys(CLAIM)

    assert to_records(SMALL, typed(SMALL, [CLAIM, missing])) == [CLAIM, missing]


def test_no_claims_are_an_empty_batch(contract: Contract) -> None:
    assert len(typed(contract, [])) == 0


def test_an_optional_field_may_be_absent() -> None:
    claim = {name: value for name, value in CLAIM.items() if name != "code"}

    assert typed(SMALL, [claim]).claims.categories("code").texts().tolist() == [None]


@pytest.mark.parametrize(
    ("field", "value"), [("cents", {"secret": 1}), ("cents", ["secret"]), ("items", {"secret": 1})], ids=str
)
def test_a_wrong_shape_names_the_claim_and_the_field_and_no_value(field: str, value: Any) -> None:
    with pytest.raises(DataError, match=f"claim 1: {field}: a JSON (dict|list)") as caught:
        typed(SMALL, [CLAIM, CLAIM | {field: value}])

    assert "secret" not in str(caught.value)


def test_a_missing_field_names_the_claim_and_the_field() -> None:
    with pytest.raises(DataError, match="claim 1: cents: no such field"):
        typed(SMALL, [CLAIM, {name: value for name, value in CLAIM.items() if name != "cents"}])


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (None, "claim 0: lines: not a list of objects"),
        ("secret", "claim 0: lines: not a list of objects"),
        (["secret"], "claim 0: lines: not a list of objects"),
        ([{"secret": 1}], "claim 0, a line: line_number: no such field"),
    ],
    ids=str,
)
def test_wrong_lines_name_their_claim_and_no_value(
    contract: Contract, batch: Batch, lines: Any, said: str
) -> None:
    claim = to_records(contract, batch.take(np.array([0])))[0]

    with pytest.raises(DataError, match=said) as caught:
        typed(contract, [claim | {"lines": lines}])

    assert "secret" not in str(caught.value)


MIXED = {
    "codes": ("code", [11, "A", 11.0, True, None]),
    "numbers": ("amount", [1, "2.5", None, "x"]),
    "lists": ("items", [["a", "b"], ["a", None, 1], "a,b", []]),
    "days": ("received", ["2024-02-29", 5]),
    "a number beyond 64 bits": ("amount", [2**70, 1]),
    "a code that is no number": ("code", ["A", math.nan]),
    "an amount that is no number": ("amount", ["2.5", math.nan]),
    "codes written as numbers": ("code", [11.0, 11.5, 1e15, -0.0, 2**63, 11]),
    "lists of numbers": ("items", [[1, 2.5], [1e15], ["a"], "b"]),
    "decimals": ("code", [Decimal("1.5"), Decimal("1.50"), 1.5]),
}


NUMBERS = st.integers(-(2**70), 2**70) | st.floats() | st.booleans()
VALUES = st.none() | st.text("1.a,-", max_size=3) | NUMBERS
LISTS = st.lists(VALUES, max_size=3)
ODD_CLAIMS = st.fixed_dictionaries(dict.fromkeys(CLAIM, VALUES) | {"items": VALUES | LISTS})


@given(st.lists(ODD_CLAIMS, min_size=2, max_size=5))
def test_whatever_the_others_say_a_claim_is_typed_as_alone(claims: list[dict[str, Any]]) -> None:
    together = typed(SMALL, claims).claims

    for row, claim in enumerate(claims):
        alone, own = typed(SMALL, [claim]).claims, together.take(np.array([row]))
        assert_equal(own, alone)
        assert {n for n, m in own.unreadable.items() if m[0]} == {
            n for n, m in alone.unreadable.items() if m[0]
        }


@pytest.mark.parametrize(("field", "values"), MIXED.values(), ids=MIXED)
def test_claims_of_mixed_types_are_typed_as_each_alone(field: str, values: list[Any]) -> None:
    alone = [column(field, value)[0] for value in values]

    assert np.array_equal(column(field, *values), alone, equal_nan=field in ("amount", "received"))


def test_counting_lines_alone_reads_them(contract: Contract, batch: Batch) -> None:
    counting = {"line_count": contract.features["line_count"]}
    alone = contract.model_copy(update={"features": counting})
    records = to_records(contract, batch.take(np.arange(5)))

    lines = from_records(alone, records, parse, str)

    assert len(lines) == 5
    assert np.bincount(lines.owner).tolist() == [len(record["lines"]) for record in records]
