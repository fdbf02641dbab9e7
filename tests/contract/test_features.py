"""What each kind of feature reads and gives."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from claims.contract.features import AnyFeature, Feature


def declare(**keys: Any) -> Feature:
    return TypeAdapter(AnyFeature).validate_python(keys)


KINDS = {
    "column": ({"of": "a"}, ("a",), "category"),
    "days_between": ({"start": "a", "end": "b"}, ("a", "b"), "number"),
    "calendar": ({"of": "a", "part": "weekday"}, ("a",), "category"),
    "age": ({"of": "a", "at": "b"}, ("a", "b"), "number"),
    "log": ({"of": "a"}, ("a",), "number"),
    "ratio": ({"of": "a", "over": "b"}, ("a", "b"), "number"),
    "prefix": ({"of": "a", "length": 1}, ("a",), "category"),
    "band": ({"of": "a", "edges": [0, 10.5]}, ("a",), "category"),
    "item_count": ({"of": "a"}, ("a",), "number"),
    "first_item": ({"of": "a"}, ("a",), "category"),
    "items": ({"of": "a", "top": 1}, ("a",), "flags"),
    "lines": ({"how": "set", "of": "a"}, (), "list"),
    "line_target": ({"of": "x", "pairs": True, "smoothing": 1, "folds": 2}, (), "number"),
    "line_share": (
        {"of": "x", "beside": ["a", "b"], "pointed": {"of": "c", "by": "y", "length": 1}},
        ("a", "b", "c"),
        "number",
    ),
    "line_tail": ({"of": ["x"], "beside": "a", "number": "y"}, ("a",), "number"),
    "cross": ({"of": ["a", "b"]}, ("a", "b"), "category"),
    "target": ({"of": "a", "smoothing": 1, "folds": 2}, ("a",), "number"),
    "prior_count": ({"of": ["a"], "months": 3}, ("a",), "number"),
    "prior_rate": ({"of": ["a"], "months": 3, "smoothing": 9.0}, ("a",), "number"),
}


def test_every_kind_is_in_the_table() -> None:
    with pytest.raises(ValidationError) as caught:
        declare(kind="none of them")

    legal = caught.value.errors()[0]["ctx"]["expected_tags"]
    assert {kind.strip(" '") for kind in legal.split(",")} == KINDS.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_reads_and_gives(kind: str) -> None:
    keys, reads, gives = KINDS[kind]

    feature = declare(kind=kind, hidden=True, **keys)

    assert (feature.reads, feature.gives("category"), feature.hidden) == (reads, gives, True)


@pytest.mark.parametrize(("part", "gives"), [("year", "number"), ("day", "number"), ("quarter", "category")])
def test_a_part_of_a_date_is_a_number_or_a_category(part: str, gives: str) -> None:
    assert declare(kind="calendar", of="a", part=part).gives("date") == gives


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"how": "count", "of": "units"}, "count takes no 'of'"),
        ({"how": "sum"}, "every other 'how' needs one"),
        ({"how": "share", "of": "modifier"}, "values go with how: share"),
        ({"how": "max", "of": "units", "values": [1]}, "values go with how: share"),
        ({"how": "median", "of": "units"}, "'first' or 'set'"),
    ],
    ids=str,
)
def test_lines_that_disagree_are_refused(keys: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        declare(kind="lines", **keys)


@pytest.mark.parametrize("edges", [[], [2, 1], [1, 1], [0.0, -0.0]], ids=str)
def test_edges_that_do_not_ascend_are_refused(edges: list[float]) -> None:
    with pytest.raises(ValidationError, match="edges"):
        declare(kind="band", of="a", edges=edges)


POINTED = {"of": "items", "by": "number"}
OF_LINES = {
    "line_target": ({"of": "x", "pointed": POINTED}, ("x", "number"), ("number",)),
    "line_share": ({"of": ["x", "y"], "pointed": POINTED}, ("x", "y", "number"), ("number",)),
    "line_tail": (
        {"of": "x", "number": "units", "pointed": POINTED},
        ("x", "number", "units"),
        ("number", "units"),
    ),
}


@pytest.mark.parametrize("kind", OF_LINES)
def test_a_kind_says_what_it_reads_of_the_lines(kind: str) -> None:
    keys, reads, numbers = OF_LINES[kind]

    feature = declare(kind=kind, **keys)

    assert feature.reads_lines == reads
    assert [name for name in reads if "category" not in feature.legal_line_types(name)] == list(numbers)
    assert feature.legal_types("items") == ("list",)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"kind": "line_share", "of": "x"}, "pointed"),
        ({"kind": "line_tail", "of": "x"}, "number"),
        ({"kind": "line_target", "of": []}, "at least 1 item"),
        ({"kind": "line_target", "of": "x", "pointed": {"of": "items"}}, "by"),
        ({"kind": "line_share", "of": "x", "pointed": POINTED | {"length": 0}}, "greater than or equal to 1"),
        ({"kind": "line_tail", "of": "x", "number": "y", "pairs": True}, "pairs"),
    ],
    ids=str,
)
def test_a_line_feature_that_lacks_or_mistakes_a_key_is_refused(keys: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        declare(**keys)


def test_a_feature_that_does_not_say_what_it_reads_is_a_mistake_in_the_code() -> None:
    with pytest.raises(TypeError, match="does not say what it reads"):
        _ = Feature().reads
