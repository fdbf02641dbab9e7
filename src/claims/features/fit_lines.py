"""Fitting what single service lines tell, on training lines."""

from collections import Counter
from collections.abc import Iterable
from functools import singledispatch

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import KFold

from claims.contract.line_features import LineFeature, LineShare, LineTail, LineTarget
from claims.data.batch import Batch, Categories, Ints, Numbers
from claims.features.derive import Values
from claims.features.fit_means import fit_means
from claims.features.fitted import TargetTable
from claims.features.line_tables import ShareTable, TailTable, log_share
from claims.features.lines import context, lowest, numbered_lines, occurrences, point

LineTable = TargetTable | ShareTable | TailTable


@singledispatch
def fit_lines(
    feature: LineFeature,
    values: Values,  # noqa: ARG001
    batch: Batch,  # noqa: ARG001
    detrended: Numbers,  # noqa: ARG001
    seed: int,  # noqa: ARG001
) -> tuple[LineTable, Numbers]:
    """The table of one feature, and the training claims' own values, which never count themselves.

    Parameters
    ----------
    feature
        Its declaration in the contract.
    values
        Columns of the n claims and the features before this one.
    batch
        The claims with their lines.
    detrended
        float64 [n], outcomes minus the mean of their quarter.
    seed
        Draws folds.
    """
    raise TypeError(f"{feature.__class__.__name__} reads no lines")


@fit_lines.register
def _(
    feature: LineTarget, values: Values, batch: Batch, detrended: Numbers, seed: int
) -> tuple[LineTable, Numbers]:
    found = occurrences(feature, values, batch)
    folds = _folds_of_claims(found.owner, len(batch), feature.folds, seed)
    table, own = fit_means(found.what, detrended[found.owner], feature.smoothing, folds)
    return table, lowest(own, found.owner, len(batch))


def _folds_of_claims(owner: Ints, size: int, folds: int, seed: int) -> list[tuple[Ints, Ints]]:
    """Folds of lines in which no claim stands on both sides."""
    fold = np.empty(size, dtype=np.int64)
    for number, (_, held_out) in enumerate(KFold(folds, shuffle=True, random_state=seed).split(fold)):
        fold[held_out] = number
    return [(np.flatnonzero(fold[owner] != k), np.flatnonzero(fold[owner] == k)) for k in range(folds)]


@fit_lines.register
def _(
    feature: LineShare,
    values: Values,
    batch: Batch,
    detrended: Numbers,  # noqa: ARG001
    seed: int,  # noqa: ARG001
) -> tuple[LineTable, Numbers]:
    contexts, pointed = context(feature, values, batch), point(feature.pointed, values, batch)
    table = fit_share(contexts, pointed)
    same, whole = table.counted(contexts, pointed)
    pair = contexts.codes.astype(np.int64) * (len(pointed.levels) + 1) + pointed.codes + 1
    shares = log_share(same - _own(batch.owner, pair), whole - _own(batch.owner, contexts.codes))
    return table, lowest(shares, batch.owner, len(batch))


def fit_share(contexts: Categories, pointed: Categories) -> ShareTable:
    """Count lines by context and pointed item."""
    counts: dict[str, dict[str, int]] = {}
    for where, what, count in _counted(contexts.texts(), ["" if t is None else t for t in pointed.texts()]):
        counts.setdefault(where, {})[what] = count
    return ShareTable(counts=counts)


@fit_lines.register
def _(
    feature: LineTail,
    values: Values,
    batch: Batch,
    detrended: Numbers,  # noqa: ARG001
    seed: int,  # noqa: ARG001
) -> tuple[LineTable, Numbers]:
    contexts, numbers, owner = numbered_lines(feature, values, batch)
    table = fit_tail(contexts, numbers)
    larger, whole = table.counted(contexts, numbers)
    own = _own_as_large(_joint(owner, contexts.codes), numbers)
    shares = log_share(larger - own, whole - _own(owner, contexts.codes))
    return table, lowest(shares, owner, len(batch))


def fit_tail(contexts: Categories, numbers: Numbers) -> TailTable:
    """Count lines by context and number."""
    counts: dict[str, list[tuple[float, int]]] = {}
    for where, what, count in _counted(contexts.texts(), numbers.tolist()):
        counts.setdefault(where, []).append((what, count))
    return TailTable(counts={where: tuple(found) for where, found in counts.items()})


def _counted(where: Iterable[str], what: Iterable) -> list[tuple]:
    """Each pair with its count, sorted."""
    return [(*pair, count) for pair, count in sorted(Counter(zip(where, what, strict=True)).items())]


def _own(owner: Ints, what: NDArray[np.integer]) -> Numbers:
    """How many lines of the same claim have the same: float64 [m]."""
    _, place, counts = np.unique(_joint(owner, what), return_inverse=True, return_counts=True)
    return counts[place].astype(np.float64)


def _own_as_large(group: Ints, numbers: Numbers) -> Numbers:
    """How many lines of the same group have as large a number: float64 [m]."""
    _, rank = np.unique(numbers, return_inverse=True)
    joint = _joint(group, rank)
    ordered = np.sort(joint)
    last = _joint(group, np.full_like(rank, rank.max(initial=0)))
    ends = np.searchsorted(ordered, last, side="right")
    return (ends - np.searchsorted(ordered, joint)).astype(np.float64)


def _joint(first: Ints, second: NDArray[np.integer]) -> Ints:
    """One number for each pair, in their order."""
    return first * (int(second.max(initial=0)) + 1) + second
