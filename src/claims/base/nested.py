"""Nested settings and figures on one level, each under the path that leads to it."""

from collections.abc import Mapping
from typing import Any, TypeGuard


def flatten(nested: Mapping[str, Any], between: str = ".") -> dict[str, Any]:
    """Name every leaf by its path.

    >>> flatten({"train": {"dropout": 0.2}, "seed": 7})
    {'train.dropout': 0.2, 'seed': 7}
    """
    flat: dict[str, Any] = {}
    for name, value in nested.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}{between}{path}": leaf for path, leaf in flatten(value, between).items()}
        else:
            flat[str(name)] = value
    return flat


def is_number(value: object) -> TypeGuard[int | float]:
    """Say whether a value is a number; Python counts True and False as such."""
    return isinstance(value, int | float) and not isinstance(value, bool)
