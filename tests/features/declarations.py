"""A declaration of every kind of feature, found from the kinds themselves: a new kind needs none of its own.

Literal keys take each of their values in turn. Keys that name columns take the first columns of a small
contract that lets them.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product
from typing import Any, Literal, get_args, get_origin

import yaml
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from claims.contract import Contract
from claims.contract.feature import Feature
from claims.contract.features import AnyFeature
from claims.contract.line_features import Pointed

_CONTRACT = """
name: every_kind
version: 1.0.0
description: a column of each type
claims: {table: claims, identifier: id, event_time: came}
columns:
  code: {type: category}
  held: {type: list}
  size: {type: number, if_missing: mean}
  cost: {type: money, if_missing: most_frequent}
  born: {type: date}
  came: {type: date}
  id: {type: identifier, privacy: direct, protect: hash}
  status: {type: category, known: outcome}
  settled: {type: date, known: outcome}
lines: {table: lines, claim: line_claim, order: line}
line_columns:
  service: {type: category}
  units: {type: number}
  line: {type: number}
  line_claim: {type: identifier, privacy: direct, protect: hash}
outcome: {column: status, approved: [PAID], rejected: [DENIED], known_at: settled}
features: {size: {kind: column, of: size}}
"""
_NUMBERS = {int: (2,), float: (3.5,), bool: (False, True)}
KINDS: tuple[type[Feature], ...] = get_args(get_args(AnyFeature)[0])


_SMALL = Contract.model_validate(yaml.safe_load(_CONTRACT))


def contract_of(feature: Feature) -> Contract:
    """The small contract with one feature, ``it``."""
    return _SMALL.model_copy(update={"features": {"it": feature}})


_NAMES = (*_SMALL.columns, *_SMALL.line_columns)


@cache
def declarations() -> dict[str, Feature]:
    """A declaration of each kind, and of each of its choices, by a name that says which."""
    return {
        " ".join(map(str, choice.values())): next(_legal(kind, choice))
        for kind in KINDS
        for choice in _choices(kind)
    }


def _choices(kind: type[Feature]) -> Iterator[dict[str, Any]]:
    """Each combination of what a kind's keys may say without naming a column."""
    fixed = {name: options for name, field in _fields(kind).items() if (options := _options(field))}
    return (dict(zip(fixed, values, strict=True)) for values in product(*fixed.values()))


def _fields(kind: type[Feature]) -> dict[str, FieldInfo]:
    return {name: field for name, field in kind.model_fields.items() if name != "hidden"}


def _options(field: FieldInfo) -> tuple[Any, ...]:
    if get_origin(field.annotation) is Literal:
        return get_args(field.annotation)
    if field.annotation == tuple[float, ...]:
        return ((0.0, 10.0),)
    return _NUMBERS.get(field.annotation, ())


def _legal(kind: type[Feature], choice: Mapping[str, Any]) -> Iterator[Feature]:
    """Declarations of this choice that the contract takes, first those that name different columns."""
    naming = {name: _named(field) for name, field in _fields(kind).items() if name not in choice}
    for names in sorted(product(*naming.values()), key=lambda names: len(names) - len({*map(str, names)})):
        keys = {name: value for name, value in zip(naming, names, strict=True) if value}
        try:
            declared = kind.model_validate({**choice, **keys})
        except ValidationError:
            continue
        if _readable(declared):
            yield declared


def _named(field: FieldInfo) -> list[Any]:
    """What a key that names columns may say: one, a list of one, an item that lines point to, or nothing."""
    if Pointed in (field.annotation, *get_args(field.annotation)):
        return [{"of": "held", "by": "line", "length": 1}]
    return [*_NAMES, ["code"], *([] if field.is_required() else [""])]


def _readable(feature: Feature) -> bool:
    columns, lines = _SMALL.columns, _SMALL.line_columns
    return all(
        source in columns
        and columns[source].known == "submission"
        and columns[source].type in feature.legal_types(source)
        for source in feature.reads
    ) and all(
        source in lines and lines[source].type in feature.legal_line_types(source)
        for source in feature.reads_lines
    )
