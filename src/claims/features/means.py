"""Mean outcomes of categories: one table for claims to come, and out-of-fold values for training."""

from typing import Literal

import numpy as np

from claims.base.strict import Strict
from claims.data.batch import Categories, Ints, Numbers, months_of
from claims.features.texts import alphabetical


class TargetTable(Strict):
    """Shrunken mean outcome of each category; ``prior`` for one never seen."""

    kind: Literal["target"] = "target"
    prior: float
    means: dict[str, float]

    def means_of(self, categories: Categories) -> Numbers:
        """Look up the mean of each: float64 [n]."""
        table = np.array([*(self.means.get(level, self.prior) for level in categories.levels), self.prior])
        return table[categories.codes]


def detrend(outcome: Numbers, days: Numbers) -> Numbers:
    """The outcome minus the mean of its calendar quarter."""
    _, quarter = np.unique(months_of(days) // 3, return_inverse=True)
    return outcome - (np.bincount(quarter, weights=outcome) / np.bincount(quarter))[quarter]


def draw_folds(size: int, folds: int, seed: int) -> Ints:
    """Draw the fold of each claim, as scikit-learn's ``KFold`` does: int64 [n]."""
    order = np.arange(size)
    np.random.RandomState(seed).shuffle(order)
    numbers = np.empty(size, dtype=np.int64)
    numbers[order] = np.repeat(
        np.arange(folds), [size // folds + (fold < size % folds) for fold in range(folds)]
    )
    return numbers


def fit_means(
    categories: Categories, outcome: Numbers, smoothing: float, folds: Ints
) -> tuple[TargetTable, Numbers]:
    """Shrunken mean outcome of each category.

    Source: Micci-Barreca (2001), doi:10.1145/507533.507538.

    Parameters
    ----------
    categories
        n of them, none missing.
    outcome
        float64 [n].
    smoothing
        Rows at which a category's own mean weighs half.
    folds
        int64 [n]; a row's own value comes from the other folds.

    Returns
    -------
    The table over all rows, and the rows' own values: float64 [n].
    """
    if not len(categories):
        return TargetTable(prior=0.0, means={}), np.empty(0)
    present, codes = np.unique(alphabetical(categories).codes, return_inverse=True)
    levels = [sorted(categories.levels)[code] for code in present.tolist()]
    prior, means = _shrunken(codes, outcome, len(levels), smoothing)
    own = np.empty(len(codes))
    for fold in np.unique(folds):
        held_out = folds == fold
        own[held_out] = _shrunken(codes[~held_out], outcome[~held_out], len(levels), smoothing)[1][
            codes[held_out]
        ]
    return TargetTable(prior=prior, means=dict(zip(levels, means.tolist(), strict=True))), own


def _shrunken(codes: Ints, outcome: Numbers, size: int, smoothing: float) -> tuple[float, Numbers]:
    """The mean outcome, and that of each category, shrunk towards it: float64 [size]."""
    prior = float(np.mean(outcome))
    sums = np.full(size, smoothing * prior)
    np.add.at(sums, codes, outcome)  # in the order of the rows
    return prior, sums / (smoothing + np.bincount(codes, minlength=size))
