"""Nested settings on one level."""

import doctest

import pytest

from claims.base import nested
from claims.base.nested import flatten, is_number


def test_leaves_are_named_by_their_path() -> None:
    assert doctest.testmod(nested).failed == 0
    assert flatten({"a": {"b": {"c": 1}, "d": [{"e": 2}]}, "f": None}, "/") == {
        "a/b/c": 1,
        "a/d": [{"e": 2}],
        "f": None,
    }


def test_what_holds_nothing_has_no_leaf() -> None:
    assert flatten({}) == flatten({"a": {}}) == {}


@pytest.mark.parametrize(
    ("value", "expected"), [(1, True), (0.5, True), (float("nan"), True), (True, False), ("1", False)]
)
def test_true_is_no_number(value: object, expected: bool) -> None:
    assert is_number(value) is expected
