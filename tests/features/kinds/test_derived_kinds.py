"""Every kind that learns nothing against a slow and obvious reference."""

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from claims.contract.features import AnyFeature
from claims.data.batch import Batch, Categories, Frame
from claims.data.storage import encode_texts
from claims.features.kinds.registry import kind_of
from claims.features.rows import Flags, Rows, Value
from claims.features.texts import JOINT

CLAIMS = 400
Row = dict[str, Any]


def compute(batch: Batch, **keys: Any) -> list[Any]:
    """One feature of a batch, None where missing."""
    kind = kind_of(TypeAdapter(AnyFeature).validate_python(keys))
    return plain(kind.transform(None, Rows(batch, batch.claims.columns, "received_date")))


def plain(value: Value) -> list[Any]:
    assert not isinstance(value, Flags)
    values = value.texts().tolist() if isinstance(value, Categories) else value.tolist()
    return [None if value != value else value for value in values]


def rows_of(frame: Frame) -> list[Row]:
    columns = {name: plain(column) for name, column in frame.columns.items()}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


@pytest.fixture(scope="module")
def some(batch: Batch) -> Batch:
    """Some demo claims, every tenth without its lines."""
    taken = batch.take(np.arange(CLAIMS))
    kept = np.flatnonzero(taken.owner % 10 > 0)
    return Batch(taken.claims, taken.lines.take(kept), taken.owner[kept])


@pytest.fixture(scope="module")
def rows(some: Batch) -> list[Row]:
    """The same claims as dictionaries, each with its ``lines``."""
    claims, lines = rows_of(some.claims), rows_of(some.lines)
    return [
        claim | {"lines": [line for line, owner in zip(lines, some.owner, strict=True) if owner == row]}
        for row, claim in enumerate(claims)
    ]


def date(days: float) -> dt.date:
    return dt.date(1970, 1, 1) + dt.timedelta(days=days)


def age(born: dt.date, at: dt.date) -> float:
    return float(at.year - born.year - ((at.month, at.day) < (born.month, born.day)))


def known(*names: str) -> Callable[[Callable[..., Any]], Callable[[Row], Any]]:
    """A reference over columns of the claim that is missing where one of them is."""

    def of(reference: Callable[..., Any]) -> Callable[[Row], Any]:
        def on_row(row: Row) -> Any:
            values = [row[name] for name in names]
            return None if None in values else reference(*values)

        return on_row

    return of


def over_lines(name: str, reference: Callable[[list[Any]], Any]) -> Callable[[Row], Any]:
    """A reference over the known values of a column of the lines; missing where there are none."""

    def on_row(row: Row) -> Any:
        values = [line[name] for line in row["lines"] if line[name] is not None]
        return reference(values) if values else None

    return on_row


SERVICE, RECEIVED, DIAGNOSES = "service_date", "received_date", "diagnosis_codes"
KINDS: dict[str, tuple[dict[str, Any], Callable[[Row], Any]]] = {
    "column": ({"kind": "column", "of": "plan_type"}, lambda row: row["plan_type"]),
    "days_between": (
        {"kind": "days_between", "start": SERVICE, "end": RECEIVED},
        known(SERVICE, RECEIVED)(lambda start, end: float((date(end) - date(start)).days)),
    ),
    "age": (
        {"kind": "age", "of": "member_birth_date", "at": SERVICE},
        known("member_birth_date", SERVICE)(lambda born, at: age(date(born), date(at))),
    ),
    "year": (
        {"kind": "calendar", "of": RECEIVED, "part": "year"},
        known(RECEIVED)(lambda day: float(date(day).year)),
    ),
    "day": ({"kind": "calendar", "of": RECEIVED, "part": "day"}, lambda row: row[RECEIVED]),
    "month": (
        {"kind": "calendar", "of": RECEIVED, "part": "month"},
        known(RECEIVED)(lambda day: str(date(day).month)),
    ),
    "quarter": (
        {"kind": "calendar", "of": RECEIVED, "part": "quarter"},
        known(RECEIVED)(lambda day: str((date(day).month + 2) // 3)),
    ),
    "weekday": (
        {"kind": "calendar", "of": RECEIVED, "part": "weekday"},
        known(RECEIVED)(lambda day: str(date(day).isoweekday())),
    ),
    "log": (
        {"kind": "log", "of": "total_charge"},
        known("total_charge")(lambda cents: pytest.approx(math.log1p(cents), rel=1e-15)),
    ),
    "ratio": (
        {"kind": "ratio", "of": "total_charge", "over": "prior_same_service_count"},
        known("total_charge", "prior_same_service_count")(lambda of, over: of / over if over else None),
    ),
    "prefix": (
        {"kind": "prefix", "of": "diagnosis_primary", "length": 3},
        known("diagnosis_primary")(lambda code: code[:3]),
    ),
    "band": (
        {"kind": "band", "of": "total_charge", "edges": [5_000, 10_000, 20_000.5, 1e7]},
        known("total_charge")(lambda cents: str(sum(cents >= e for e in (5_000, 10_000, 20_000.5, 1e7)))),
    ),
    "item_count": (
        {"kind": "item_count", "of": DIAGNOSES},
        known(DIAGNOSES)(lambda items: float(len(items.split(";")))),
    ),
    "first_item": (
        {"kind": "first_item", "of": DIAGNOSES},
        known(DIAGNOSES)(lambda items: items.split(";")[0]),
    ),
    "cross": (
        {"kind": "cross", "of": ["payer_id", "plan_type", "diagnosis_primary"]},
        lambda row: JOINT.join(row[name] or "" for name in ("payer_id", "plan_type", "diagnosis_primary")),
    ),
    "lines: count": ({"kind": "lines", "how": "count"}, lambda row: float(len(row["lines"]))),
    "lines: sum": ({"kind": "lines", "how": "sum", "of": "units"}, over_lines("units", sum)),
    "lines: mean": (
        {"kind": "lines", "how": "mean", "of": "line_charge"},
        over_lines("line_charge", lambda charges: sum(charges) / len(charges)),
    ),
    "lines: max": ({"kind": "lines", "how": "max", "of": "line_charge"}, over_lines("line_charge", max)),
    "lines: distinct": (
        {"kind": "lines", "how": "distinct", "of": "modifier"},
        lambda row: float(len({line["modifier"] for line in row["lines"]} - {None})),
    ),
    "lines: share": (
        {"kind": "lines", "how": "share", "of": "modifier", "values": ["25", 59]},
        lambda row: (
            sum(line["modifier"] in ("25", "59") for line in row["lines"]) / len(row["lines"])
            if row["lines"]
            else None
        ),
    ),
    "lines: first": (
        {"kind": "lines", "how": "first", "of": "modifier"},
        lambda row: row["lines"][0]["modifier"] if row["lines"] else None,
    ),
    "lines: set": (
        {"kind": "lines", "how": "set", "of": "procedure_code"},
        over_lines("procedure_code", lambda codes: ";".join(sorted(set(codes)))),
    ),
}


@pytest.mark.parametrize(("keys", "reference"), KINDS.values(), ids=KINDS)
def test_a_kind_agrees_with_its_reference(
    some: Batch, rows: list[Row], keys: dict[str, Any], reference: Callable[[Row], Any]
) -> None:
    assert compute(some, **keys) == [reference(row) for row in rows]


def test_the_claims_include_some_without_lines(rows: list[Row]) -> None:
    assert sum(not row["lines"] for row in rows) >= CLAIMS // 10


def of_columns(**columns: list[Any]) -> Batch:
    data = {
        name: encode_texts(pa.chunked_array([pa.array(values, pa.string())]))
        if any(isinstance(value, str) for value in values)
        else np.array([np.nan if value is None else value for value in values], dtype=float)
        for name, values in columns.items()
    }
    return Batch(Frame(len(next(iter(columns.values()))), data))


def days(day: dt.date) -> int:
    return (day - dt.date(1970, 1, 1)).days


@pytest.mark.parametrize(
    ("born", "at", "years"),
    [
        ("2000-05-05", "2024-05-04", 23),
        ("2000-05-05", "2024-05-05", 24),
        ("2000-02-29", "2023-02-28", 22),
        ("2000-02-29", "2023-03-01", 23),
        ("2000-02-29", "2024-02-28", 23),
        ("2000-02-29", "2024-02-29", 24),
        ("1969-12-31", "1970-01-01", 0),
        ("2024-01-02", "2024-01-01", -1),
    ],
)
def test_age_changes_on_the_birthday(born: str, at: str, years: int) -> None:
    batch = of_columns(born=[days(dt.date.fromisoformat(born))], at=[days(dt.date.fromisoformat(at))])

    assert compute(batch, kind="age", of="born", at="at") == [years]


@given(st.dates())
def test_any_day_has_its_calendar_parts(day: dt.date) -> None:
    batch = of_columns(day=[days(day)])
    parts = {
        part: compute(batch, kind="calendar", of="day", part=part)[0] for part in ("year", "month", "weekday")
    }

    assert parts == {"year": day.year, "month": str(day.month), "weekday": str(day.isoweekday())}


NOTHING = of_columns(number=[None], day=[None], other=[1.0])


@pytest.mark.parametrize(
    "keys",
    [
        {"kind": "days_between", "start": "day", "end": "other"},
        {"kind": "age", "of": "day", "at": "other"},
        {"kind": "age", "of": "other", "at": "day"},
        *(
            {"kind": "calendar", "of": "day", "part": part}
            for part in ("year", "month", "quarter", "weekday")
        ),
        {"kind": "log", "of": "number"},
        {"kind": "band", "of": "number", "edges": [0]},
        {"kind": "ratio", "of": "number", "over": "other"},
        {"kind": "ratio", "of": "other", "over": "number"},
    ],
    ids=str,
)
def test_what_is_missing_stays_missing(keys: dict[str, str]) -> None:
    assert compute(NOTHING, **keys) == [None]


def test_an_edge_belongs_to_the_band_above_it() -> None:
    batch = of_columns(x=[-1e300, 0.0, 9.9, 10.0, 1e300])

    assert compute(batch, kind="band", of="x", edges=[0, 10]) == ["0", "1", "1", "2", "2"]


def test_nothing_is_divided_by_zero() -> None:
    batch = of_columns(of=[0.0, 1.0, -1.0], over=[0.0, 0.0, 2.0])

    assert compute(batch, kind="ratio", of="of", over="over") == [None, None, -0.5]


def test_the_log_of_a_negative_number_is_that_of_zero() -> None:
    assert compute(of_columns(x=[-5.0, 0.0]), kind="log", of="x") == [0.0, 0.0]
