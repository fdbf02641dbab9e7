"""``lines``: an aggregate over a claim's service lines."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from claims.contract import line_features
from claims.data.batch import ITEM, Categories, Ints, Numbers
from claims.features.kinds.kind import DerivedKind
from claims.features.rows import Rows, Value
from claims.features.texts import alphabetical, distinct_pairs


class Lines(DerivedKind[line_features.Lines]):
    """See `claims.contract.line_features.Lines`."""

    def derive(self, rows: Rows) -> Value:  # noqa: D102
        return _AGGREGATES[self.feature.how](self.feature, rows)


def _count(_: line_features.Lines, rows: Rows) -> Numbers:
    return np.bincount(rows.batch.owner, minlength=len(rows)).astype(np.float64)


def _first(feature: line_features.Lines, rows: Rows) -> Categories:
    column, owner = rows.batch.lines.categories(feature.of), rows.batch.owner
    codes = np.full(len(rows), -1, dtype=np.int32)
    has = np.bincount(owner, minlength=len(rows)) > 0
    codes[has] = column.codes[np.searchsorted(owner, np.flatnonzero(has))]
    return Categories(codes, column.levels)


def _distinct(feature: line_features.Lines, rows: Rows) -> Numbers:
    column = rows.batch.lines.categories(feature.of)
    claims, _codes = distinct_pairs(column.codes, len(column.levels), rows.batch.owner)
    return np.bincount(claims, minlength=len(rows)).astype(np.float64)


def _set(feature: line_features.Lines, rows: Rows) -> Categories:
    column = alphabetical(rows.batch.lines.categories(feature.of))
    claims, ranks = distinct_pairs(column.codes, len(column.levels), rows.batch.owner)
    texts = [level.replace(ITEM, ",") for level in column.levels]
    starts = np.searchsorted(claims, np.arange(len(rows) + 1)).tolist()
    positions = ranks.tolist()
    sets: dict[tuple[int, ...], int] = {}
    codes = np.full(len(rows), -1, dtype=np.int32)
    for claim, (start, end) in enumerate(pairwise(starts)):
        if start < end:
            codes[claim] = sets.setdefault(tuple(positions[start:end]), len(sets))
    return Categories(codes, [ITEM.join(texts[position] for position in key) for key in sets])


def _share(feature: line_features.Lines, rows: Rows) -> Numbers:
    column, counts = rows.batch.lines.categories(feature.of), _count(feature, rows)
    among = np.array([*(level in feature.values for level in column.levels), False])
    hits = np.bincount(rows.batch.owner[among[column.codes]], minlength=len(rows))
    return hits / np.where(counts == 0, np.nan, counts)


def _known(feature: line_features.Lines, rows: Rows) -> tuple[Numbers, Ints]:
    """Return the numbers that are there, and the claim of each."""
    column = rows.batch.lines.numbers(feature.of)
    known = ~np.isnan(column)
    return column[known], rows.batch.owner[known]


def _sum(feature: line_features.Lines, rows: Rows) -> Numbers:
    column, owner = _known(feature, rows)
    has = np.bincount(owner, minlength=len(rows)) > 0
    return np.where(has, np.bincount(owner, weights=column, minlength=len(rows)), np.nan)


def _mean(feature: line_features.Lines, rows: Rows) -> Numbers:
    counts = np.bincount(_known(feature, rows)[1], minlength=len(rows))
    return _sum(feature, rows) / np.maximum(counts, 1)


def _max(feature: line_features.Lines, rows: Rows) -> Numbers:
    column, owner = _known(feature, rows)
    result = np.full(len(rows), np.nan)
    has = np.flatnonzero(np.bincount(owner, minlength=len(rows)))
    if len(has):
        result[has] = np.maximum.reduceat(column, np.searchsorted(owner, has))
    return result


_AGGREGATES: dict[str, Callable[[line_features.Lines, Rows], Value]] = {
    "count": _count,
    "sum": _sum,
    "mean": _mean,
    "max": _max,
    "distinct": _distinct,
    "share": _share,
    "first": _first,
    "set": _set,
}
