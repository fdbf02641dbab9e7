"""Derived features that need no fitting: one function a kind, columns in, one column out.

Every function works claim by claim on whole arrays, so one claim and a million give the same bits.
"""

from collections.abc import Mapping
from functools import singledispatch
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claims.contract import features as kinds
from claims.contract.feature import Feature
from claims.contract.line_features import Lines
from claims.data.batch import ITEM, Batch, Categories, Ints, Numbers

Value = Categories | NDArray[Any]  # one column [n]; a matrix [n, items] for presence flags
Values = Mapping[str, Value]
JOINT = "\x1f"  # ASCII unit separator: joins the parts of a cross and stands in no claim's text


@singledispatch
def derive(feature: Feature, values: Values, batch: Batch) -> Value:  # noqa: ARG001
    """Compute one feature.

    Parameters
    ----------
    feature
        Its declaration in the contract.
    values
        Columns of the n claims and the features before this one.
    batch
        The claims with their service lines.

    Returns
    -------
    float64 [n] with NaN for missing, or categories [n].
    """
    raise TypeError(f"{feature.__class__.__name__} is fitted, not derived")


def number(values: Values, name: str) -> Numbers:
    """A numeric column or feature: float64 [n]."""
    found = values[name]
    if isinstance(found, Categories):
        raise TypeError(f"{name} holds texts")
    return found


def category(values: Values, name: str) -> Categories:
    """A column or feature of texts."""
    found = values[name]
    if not isinstance(found, Categories):
        raise TypeError(f"{name} holds numbers")
    return found


@derive.register
def _(feature: kinds.ColumnFeature, values: Values, _: Batch) -> Value:
    return values[feature.of]


@derive.register
def _(feature: kinds.DaysBetween, values: Values, _: Batch) -> Value:
    return number(values, feature.end) - number(values, feature.start)


@derive.register
def _(feature: kinds.Calendar, values: Values, _: Batch) -> Value:
    days = number(values, feature.of)
    if feature.part == "day":
        return days
    year, month, _day = _civil(days)
    if feature.part == "year":
        return np.where(np.isnan(days), np.nan, year)
    index = {"month": month - 1, "quarter": (month - 1) // 3, "weekday": (_whole(days) + 3) % 7}[feature.part]
    size = {"month": 12, "quarter": 4, "weekday": 7}[feature.part]  # Monday is 1
    codes = np.where(np.isnan(days), -1, index).astype(np.int32)
    return Categories(codes, [str(position + 1) for position in range(size)])


@derive.register
def _(feature: kinds.Age, values: Values, _: Batch) -> Value:
    return completed_years(number(values, feature.of), number(values, feature.at))


def completed_years(born: Numbers, at: Numbers) -> Numbers:
    """Age in completed years, from days since 1970-01-01; NaN where either is missing: float64 [n]."""
    (by, bm, bd), (ay, am, ad) = _civil(born), _civil(at)
    years = ay - by - ((am < bm) | ((am == bm) & (ad < bd)))
    return np.where(np.isnan(born) | np.isnan(at), np.nan, years)


def _whole(days: Numbers) -> Ints:
    return np.nan_to_num(days).astype(np.int64)


def _civil(days: Numbers) -> tuple[Ints, Ints, Ints]:
    """Year, month 1–12 and day 1–31 of days since 1970-01-01."""
    dates = _whole(days).astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    index = months.astype(np.int64)
    return index // 12 + 1970, index % 12 + 1, (dates - months).astype(np.int64) + 1


@derive.register
def _(feature: kinds.Log, values: Values, _: Batch) -> Value:
    return np.log1p(np.maximum(number(values, feature.of), 0.0))


@derive.register
def _(feature: kinds.Ratio, values: Values, _: Batch) -> Value:
    over = number(values, feature.over)
    return number(values, feature.of) / np.where(over == 0, np.nan, over)


@derive.register
def _(feature: kinds.Prefix, values: Values, _: Batch) -> Value:
    codes = category(values, feature.of)
    return codes.recode([level[: feature.length] for level in codes.levels])


@derive.register
def _(feature: kinds.Band, values: Values, _: Batch) -> Value:
    given = number(values, feature.of)
    bands = np.searchsorted(np.asarray(feature.edges), given, side="right")
    codes = np.where(np.isnan(given), -1, bands).astype(np.int32)
    return Categories(codes, [str(band) for band in range(len(feature.edges) + 1)])


@derive.register
def _(feature: kinds.ItemCount, values: Values, _: Batch) -> Value:
    lists = category(values, feature.of)
    return np.array([*(float(len(level.split(ITEM))) for level in lists.levels), np.nan])[lists.codes]


@derive.register
def _(feature: kinds.FirstItem, values: Values, _: Batch) -> Value:
    lists = category(values, feature.of)
    return lists.recode([level.split(ITEM)[0] for level in lists.levels])


@derive.register
def _(feature: kinds.Cross, values: Values, _: Batch) -> Value:
    return cross([category(values, name) for name in feature.of])


def cross(parts: list[Categories]) -> Categories:
    """Combine categories; a missing part counts as a value of its own, so nothing here is missing."""
    sizes = [len(part.levels) + 1 for part in parts]
    joint = np.zeros(len(parts[0]), dtype=np.int64)
    for part, size in zip(parts, sizes, strict=True):
        joint = joint * size + (part.codes + 1)
    present, codes = np.unique(joint, return_inverse=True)
    texts: list[NDArray[np.object_]] = []
    for part, size in zip(reversed(parts), reversed(sizes), strict=True):
        texts.insert(0, np.array(["", *part.levels], dtype=object)[present % size])
        present = present // size
    return Categories(codes.astype(np.int32), [JOINT.join(row) for row in zip(*texts, strict=True)])


@derive.register
def _(feature: Lines, _: Values, batch: Batch) -> Value:
    owner, size = batch.owner, len(batch)
    counts = np.bincount(owner, minlength=size).astype(np.float64)
    if feature.how == "count":
        return counts
    if feature.how == "first":
        return _first(batch.lines.categories(feature.of), owner, counts)
    if feature.how == "set":
        return _set(batch.lines.categories(feature.of), owner, size)
    if feature.how == "distinct":
        return _distinct(batch.lines.categories(feature.of), owner, size)
    if feature.how == "share":
        return _share(batch.lines.categories(feature.of), feature.values, owner, counts)
    return _aggregate(batch.lines.numbers(feature.of), feature.how, owner, size)


def _first(column: Categories, owner: Ints, counts: Numbers) -> Categories:
    codes = np.full(len(counts), -1, dtype=np.int32)
    has = counts > 0
    codes[has] = column.codes[np.searchsorted(owner, np.flatnonzero(has))]
    return Categories(codes, column.levels)


def _distinct(column: Categories, owner: Ints, size: int) -> Numbers:
    return np.bincount(distinct_pairs(column.codes, len(column.levels), owner)[0], minlength=size).astype(
        np.float64
    )


def distinct_pairs(codes: NDArray[np.int32], levels: int, owner: Ints) -> tuple[Ints, Ints]:
    """Distinct pairs of claim and code, by claim and then by code."""
    known = codes >= 0
    pairs = np.sort(owner[known] * max(levels, 1) + codes[known])
    pairs = pairs[np.diff(pairs, prepend=-1) > 0]  # as np.unique, which hashes and is slower here
    return pairs // max(levels, 1), pairs % max(levels, 1)


def _set(column: Categories, owner: Ints, size: int) -> Categories:
    column = alphabetical(column)
    claims, ranks = distinct_pairs(column.codes, len(column.levels), owner)
    texts = [level.replace(ITEM, ",") for level in column.levels]
    starts = np.searchsorted(claims, np.arange(size + 1)).tolist()
    positions = ranks.tolist()
    found: dict[tuple[int, ...], int] = {}
    codes = np.full(size, -1, dtype=np.int32)
    for claim, (start, end) in enumerate(pairwise(starts)):
        if start < end:
            codes[claim] = found.setdefault(tuple(positions[start:end]), len(found))
    return Categories(codes, [ITEM.join(texts[position] for position in key) for key in found])


def alphabetical(column: Categories) -> Categories:
    """The same texts, their codes in alphabetical order, whatever order the batch met them in."""
    rank = {level: place for place, level in enumerate(sorted(column.levels))}
    places = np.array([*(rank[level] for level in column.levels), -1], dtype=np.int32)
    return Categories(places[column.codes], list(rank))


def _share(column: Categories, values: tuple[str, ...], owner: Ints, counts: Numbers) -> Numbers:
    among = np.array([*(level in values for level in column.levels), False])
    hits = np.bincount(owner[among[column.codes]], minlength=len(counts))
    return hits / np.where(counts == 0, np.nan, counts)


def _aggregate(column: Numbers, how: str, owner: Ints, size: int) -> Numbers:
    """Sum, mean or max of the values that are there; missing for a claim with none."""
    known = ~np.isnan(column)
    owner, column = owner[known], column[known]
    counts = np.bincount(owner, minlength=size)
    has = counts > 0
    result = np.full(size, np.nan)
    if how == "max":
        result[has] = (
            np.maximum.reduceat(column, np.searchsorted(owner, np.flatnonzero(has))) if len(column) else []
        )
        return result
    sums = np.bincount(owner, weights=column, minlength=size)
    result[has] = sums[has] if how == "sum" else sums[has] / counts[has]
    return result
