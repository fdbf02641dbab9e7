"""Corrections: each rule, their order, their counts, the same for one claim and for many."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.contract import Column
from claims.data.batch import Batch, Categories, Frame
from claims.data.correct import correct, correct_frame
from claims.data.storage import encode_texts

ALL = {"trim": True, "case": "upper", "remove": ".-", "alias": {"UNKN": "OTHER"}}
TEXTS = st.lists(st.none() | st.text(alphabet=" .-;aBunkß", min_size=1, max_size=6), min_size=1, max_size=8)


def mend(column: Column, texts: list[str | None]) -> tuple[list[str | None], dict[str, int]]:
    frame = Frame(len(texts), {"x": encode_texts(pa.chunked_array([pa.array(texts, pa.string())]))})
    batch, counts = correct({"x": column}, {}, Batch(frame))
    return batch.claims.categories("x").texts().tolist(), counts


RULES: dict[str, tuple[str, dict[str, Any], list[str], list[str | None], dict[str, int]]] = {
    "none": ("category", {}, [" a."], [" a."], {}),
    "trim": ("category", {"trim": True}, [" a", "a", "b "], ["a", "a", "b"], {"x.trim": 2}),
    "trim to nothing": ("category", {"trim": True}, ["  "], [None], {"x.trim": 1}),
    "upper": ("category", {"case": "upper"}, ["a", "A"], ["A", "A"], {"x.case": 1}),
    "lower": ("category", {"case": "lower"}, ["a", "A"], ["a", "a"], {"x.case": 1}),
    "remove": ("category", {"remove": ".-"}, ["E1.1-9", "."], ["E119", None], {"x.remove": 2}),
    "alias": ("category", {"alias": {"a": "b"}}, ["a", "A"], ["b", "A"], {"x.alias": 1}),
    "rows, not levels": ("category", {"trim": True}, [" a", " a", " a"], ["a"] * 3, {"x.trim": 3}),
    "every rule, in order": (
        "category",
        ALL,
        [" u.nkn", "UNKN"],
        ["OTHER"] * 2,
        {"x.alias": 2, "x.case": 1, "x.remove": 1, "x.trim": 1},
    ),
    "a space that a removed character leaves": (
        "category",
        ALL,
        ["a ."],
        ["A"],
        {"x.case": 1, "x.remove": 1},
    ),
    "item by item": (
        "list",
        ALL,
        ["a; u.nkn ;b"],
        ["A;OTHER;B"],
        dict.fromkeys(("x.alias", "x.case", "x.remove", "x.trim"), 1),
    ),
    "an item that vanishes": ("list", {"remove": "."}, ["a;.;b", "."], ["a;b", None], {"x.remove": 2}),
}


@pytest.mark.parametrize(("type_", "rules", "texts", "mended", "counts"), RULES.values(), ids=RULES)
def test_a_rule_mends_and_counts_rows(
    type_: str, rules: dict[str, Any], texts: list[str], mended: list[str | None], counts: dict[str, int]
) -> None:
    assert mend(Column(type=type_, correct=rules), texts) == (mended, counts)


@pytest.mark.parametrize(
    ("type_", "clip", "values", "clipped"),
    [
        ("number", (0, 2), [-1, 1, 3, np.nan], [0, 1, 2, np.nan]),
        ("number", (None, 2), [-1, 3], [-1, 2]),
        ("number", (0, None), [-1, 3], [0, 3]),
        ("money", (0.29, 1.15), [10, 50, 500], [29, 50, 115]),
    ],
    ids=["both ends", "high end", "low end", "money in dollars"],
)
def test_clip_bounds_numbers(
    type_: str, clip: tuple[float, float], values: list[float], clipped: list[float]
) -> None:
    column = Column(type=type_, correct={"clip": clip})
    batch, counts = correct(
        {"x": column}, {}, Batch(Frame(len(values), {"x": np.array(values, dtype=float)}))
    )

    assert np.array_equal(batch.claims.numbers("x"), np.array(clipped, dtype=float), equal_nan=True)
    assert counts == {"x.clip": sum(a != b for a, b in zip(values, clipped, strict=True) if a == a)}


@pytest.mark.parametrize("type_", ["category", "list"])
@given(texts=TEXTS)
def test_what_is_mended_once_stays(type_: str, texts: list[str | None]) -> None:
    column = Column(type=type_, correct=ALL)
    once, _ = mend(column, texts)

    assert mend(column, once) == (once, {})


@pytest.mark.parametrize("type_", ["category", "list"])
@given(texts=TEXTS)
def test_one_claim_is_mended_as_many_are(type_: str, texts: list[str | None]) -> None:
    column = Column(type=type_, correct=ALL)

    assert mend(column, texts)[0] == [mend(column, [text])[0][0] for text in texts]


def test_lines_are_counted_apart_and_keep_their_claims() -> None:
    units = {"units": Column(type="number", correct={"clip": (1, None)})}
    lines = Frame(2, {"units": np.array([0.0, 5.0])})

    mended, counts = correct(
        units, units, Batch(Frame(1, {"units": np.array([0.0])}), lines, np.array([0, 0]))
    )

    assert mended.lines.numbers("units").tolist() == [1, 5]
    assert mended.owner.tolist() == [0, 0]
    assert counts == {"units.clip": 1, "lines.units.clip": 1}


def test_columns_that_are_not_given_stay() -> None:
    kept = Categories(np.zeros(1, dtype=np.int32), [" a"])

    assert (
        correct_frame({"y": Column(type="category", correct=ALL)}, Frame(1, {"x": kept})).columns["x"] is kept
    )
