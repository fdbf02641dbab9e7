"""What single service lines tell: what stands on each is looked up, and the claim takes its worst line.

Nothing learns here: see `claims.features.fit_lines`.
"""

from dataclasses import dataclass
from functools import singledispatch
from typing import Any

import numpy as np

from claims.contract.line_features import LineFeature, LineShare, LineTail, LineTarget, Pointed
from claims.data.batch import ITEM, Batch, Categories, Ints, Numbers
from claims.features.derive import JOINT, Values, alphabetical, category, cross, distinct_pairs
from claims.features.fitted import TargetTable
from claims.features.line_tables import ShareTable, TailTable, log_share


@dataclass(frozen=True)
class Occurrences:
    """What stands on lines, or on pairs of them.

    Attributes
    ----------
    what
        k of them.
    owner
        int64 [k], non-decreasing: the row of the claim.
    """

    what: Categories
    owner: Ints


@singledispatch
def look_up(feature: LineFeature, table: Any, values: Values, batch: Batch) -> Numbers:  # noqa: ARG001
    """A fitted feature of n claims, each its worst line's: float64 [n], NaN without lines.

    Parameters
    ----------
    feature
        Its declaration in the contract.
    table
        What was learned from training lines.
    values
        Columns of the claims and the features before this one.
    batch
        The claims with their lines.
    """
    raise TypeError(f"{feature.__class__.__name__} reads no lines")


@look_up.register
def _(feature: LineTarget, table: TargetTable, values: Values, batch: Batch) -> Numbers:
    found = occurrences(feature, values, batch)
    return lowest(table.means_of(found.what), found.owner, len(batch))


@look_up.register
def _(feature: LineShare, table: ShareTable, values: Values, batch: Batch) -> Numbers:
    shares = log_share(*table.counted(context(feature, values, batch), point(feature.pointed, values, batch)))
    return lowest(shares, batch.owner, len(batch))


@look_up.register
def _(feature: LineTail, table: TailTable, values: Values, batch: Batch) -> Numbers:
    contexts, numbers, owner = numbered_lines(feature, values, batch)
    return lowest(log_share(*table.counted(contexts, numbers)), owner, len(batch))


def occurrences(feature: LineTarget, values: Values, batch: Batch) -> Occurrences:
    """What stands on the lines of each claim, or on pairs of them, each once a claim."""
    found = context(feature, values, batch)
    if feature.pointed is not None:
        found = cross([found, point(feature.pointed, values, batch)])
    found = alphabetical(found)
    owner, codes = distinct_pairs(found.codes, len(found.levels), batch.owner)
    if feature.pairs:
        return _pairs(codes, found.levels, owner)
    return Occurrences(Categories(codes.astype(np.int32), found.levels), owner)


def _pairs(found: Ints, texts: list[str], owner: Ints) -> Occurrences:
    """Two different things on the lines of one claim, in alphabetical order."""
    first, second, owners = [found[:0]], [found[:0]], [owner[:0]]
    longest = int(np.bincount(owner).max(initial=0))
    for step in range(1, longest):
        rows = np.flatnonzero(owner[step:] == owner[:-step])
        first.append(found[rows])
        second.append(found[rows + step])
        owners.append(owner[rows])
    claims = np.concatenate(owners)
    order = np.argsort(claims, kind="stable")
    joint, codes = np.unique(np.concatenate(first) * len(texts) + np.concatenate(second), return_inverse=True)
    levels = [JOINT.join((texts[pair // len(texts)], texts[pair % len(texts)])) for pair in joint.tolist()]
    return Occurrences(Categories(codes[order].astype(np.int32), levels), claims[order])


def context(feature: LineFeature, values: Values, batch: Batch) -> Categories:
    """The ``of`` of each line crossed with the ``beside`` of its claim: m of them."""
    parts = [_line_category(batch, name) for name in feature.of]
    return cross(parts + [category(values, name).take(batch.owner) for name in feature.beside])


def _line_category(batch: Batch, name: str) -> Categories:
    column = batch.lines.columns[name]
    if isinstance(column, Categories):
        return column
    known = np.flatnonzero(~np.isnan(column))
    levels, places = np.unique(column[known] + 0.0, return_inverse=True)  # −0.0 is 0.0
    codes = np.full(len(column), -1, dtype=np.int32)
    codes[known] = places
    return Categories(codes, [repr(level) for level in levels.tolist()])


def point(pointed: Pointed, values: Values, batch: Batch) -> Categories:
    """The item that each line points to; missing where the claim has no such item."""
    lists = category(values, pointed.of).take(batch.owner)
    place = np.nan_to_num(batch.lines.numbers(pointed.by))
    items = [level.split(ITEM) for level in lists.levels]
    longest = max(map(len, items), default=0)
    table = np.full((len(items) + 1, longest + 1), -1, dtype=np.int32)  # last row: no list; column 0: no item
    levels: dict[str, int] = {}
    for row, texts in enumerate(items):
        for column, text in enumerate(texts, 1):
            table[row, column] = levels.setdefault(text[: pointed.length], len(levels))
    inside = np.where((place < 1) | (place > longest), 0, place).astype(np.int64)
    return Categories(table[lists.codes, inside], list(levels))


def numbered_lines(feature: LineTail, values: Values, batch: Batch) -> tuple[Categories, Numbers, Ints]:
    """Context, number and claim of each line that has a number."""
    numbers = batch.lines.numbers(feature.number) + 0.0  # −0.0 is 0.0
    known = np.flatnonzero(~np.isnan(numbers))
    return context(feature, values, batch).take(known), numbers[known], batch.owner[known]


def lowest(found: Numbers, owner: Ints, size: int) -> Numbers:
    """The least value of each claim; NaN for a claim without any: float64 [n]."""
    known = ~np.isnan(found)
    found, owner = found[known], owner[known]
    result = np.full(size, np.nan)
    has = np.flatnonzero(np.bincount(owner, minlength=size))
    if len(has):
        result[has] = np.minimum.reduceat(found, np.searchsorted(owner, has))
    return result
