"""What stands on single service lines, of which a claim takes its worst one."""

import numpy as np
from numpy.typing import NDArray

from claims.contract.line_features import LineFeature, Pointed
from claims.data.batch import ITEM, Batch, Categories, Ints, Numbers
from claims.features.rows import Rows
from claims.features.texts import cross

_UNSEEN = 20.0  # lines that a context is taken to have had beside those that it had


def context(feature: LineFeature, rows: Rows) -> Categories:
    """Cross the ``of`` of each line with the ``beside`` of its claim: m of them."""
    parts = [_line_category(rows.batch, name) for name in feature.of]
    return cross(parts + [rows.categories(name).take(rows.batch.owner) for name in feature.beside])


def _line_category(batch: Batch, name: str) -> Categories:
    column = batch.lines.columns[name]
    if isinstance(column, Categories):
        return column
    known = np.flatnonzero(~np.isnan(column))
    levels, places = np.unique(column[known] + 0.0, return_inverse=True)  # −0.0 is 0.0
    codes = np.full(len(column), -1, dtype=np.int32)
    codes[known] = places
    return Categories(codes, [repr(level) for level in levels.tolist()])


def point(pointed: Pointed, rows: Rows) -> Categories:
    """Find the item that each line points to; missing where the claim has no item of that number."""
    lists = rows.categories(pointed.of).take(rows.batch.owner)
    place = np.nan_to_num(rows.batch.lines.numbers(pointed.by))
    items = [level.split(ITEM) for level in lists.levels]
    longest = max(map(len, items), default=0)
    table = np.full((len(items) + 1, longest + 1), -1, dtype=np.int32)  # last row: no list; column 0: no item
    levels: dict[str, int] = {}
    for row, texts in enumerate(items):
        for column, text in enumerate(texts, 1):
            table[row, column] = levels.setdefault(text[: pointed.length], len(levels))
    inside = np.where((place < 1) | (place > longest) | (place % 1 != 0), 0, place).astype(np.int64)
    return Categories(table[lists.codes, inside], list(levels))


def lowest(values: Numbers, owner: Ints, size: int) -> Numbers:
    """Take the least value of each claim; NaN for a claim without any: float64 [n]."""
    known = ~np.isnan(values)
    values, owner = values[known], owner[known]
    result = np.full(size, np.nan)
    has = np.flatnonzero(np.bincount(owner, minlength=size))
    if len(has):
        result[has] = np.minimum.reduceat(values, np.searchsorted(owner, has))
    return result


def log_share(part: Numbers, whole: Numbers) -> Numbers:
    """Take the log of a share that is never 0: the unseen is rarer the more its context was seen."""
    return np.log((part + 1.0) / (whole + _UNSEEN))


def joint(first: Ints, second: NDArray[np.integer]) -> Ints:
    """Number pairs in their order."""
    return first * (int(second.max(initial=0)) + 1) + second


def count_own(owner: Ints, what: NDArray[np.integer]) -> Numbers:
    """Count the lines of the same claim that have the same: float64 [m]."""
    _, place, counts = np.unique(joint(owner, what), return_inverse=True, return_counts=True)
    return counts[place].astype(np.float64)
