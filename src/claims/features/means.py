"""Mean outcomes of categories: a table for claims to come, and out-of-fold values for training.

The outcome of a claim is taken minus the mean of its calendar quarter, so that a drifting approval rate does
not tell the date. A training claim's own value comes from the claims of the other folds alone, the quarters'
means included.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from claims.base.strict import Strict
from claims.data.batch import Categories, Ints, Numbers, months_of
from claims.features.rows import TrainingRows
from claims.features.tally import Tally


class TargetTable(Strict):
    """Shrunken mean outcome of each category; ``prior`` for one never seen."""

    kind: Literal["target"] = "target"
    prior: float
    means: dict[str, float]

    def means_of(self, categories: Categories) -> Numbers:
        """Look up the mean of each: float64 [n]."""
        table = np.array([*(self.means.get(level, self.prior) for level in categories.levels), self.prior])
        return table[categories.codes]


@dataclass(frozen=True)
class OutcomeCounts:
    """Claims and approved claims, counted.

    Attributes
    ----------
    categories
        By category, quarter and fold.
    quarters
        By quarter and fold; a claim counts once here, whatever number of categories it shows.
    """

    categories: Tally
    quarters: Tally

    @classmethod
    def of(cls, rows: TrainingRows, categories: Categories, owner: Ints, folds: int) -> "OutcomeCounts":
        """Count outcomes.

        Parameters
        ----------
        rows
            n claims.
        categories, owner
            k categories, none missing, and the row of the claim that shows each: int64 [k].
        folds
            How many of them there are.
        """
        quarter, fold = months_of(rows.days) // 3, rows.folds(folds)
        counts = np.stack((np.ones_like(rows.approved), rows.approved), axis=1)
        return cls(
            Tally.of((categories, quarter[owner], fold[owner]), counts[owner]),
            Tally.of((quarter, fold), counts),
        )

    def merge(self, other: "OutcomeCounts") -> "OutcomeCounts":
        """Count the claims of both."""
        return OutcomeCounts(self.categories.merge(other.categories), self.quarters.merge(other.quarters))

    def without(self, fold: int) -> "OutcomeCounts":
        """Leave out the claims of a fold."""
        return OutcomeCounts(
            self.categories.take(self.categories.values(2) != fold),
            self.quarters.take(self.quarters.values(1) != fold),
        )

    def table(self, smoothing: float) -> TargetTable:
        """Take the mean outcome of each category, shrunk to the mean of all.

        Source: Micci-Barreca (2001), doi:10.1145/507533.507538.

        Parameters
        ----------
        smoothing
            Claims at which a category's own mean weighs half.
        """
        quarters, counted = self.quarters.over(0), self.categories.over(0, 1)
        if not len(counted):
            return TargetTable(prior=0.0, means={})
        excess = _excess(counted.over(1), quarters)
        prior = math.fsum(excess) / int(counted.counts[:, 0].sum())
        categories = counted.texts(0)
        sums = np.bincount(categories.codes, weights=_excess(counted, quarters, column=1))
        sizes = counted.over(0).counts[:, 0]
        means = (smoothing * prior + sums) / (smoothing + sizes)
        return TargetTable(prior=prior, means=dict(zip(categories.levels, means.tolist(), strict=True)))

    def tables_of_others(self, folds: int, smoothing: float) -> list[TargetTable]:
        """Make, for each fold, the table of the claims of the other folds."""
        return [self.without(fold).table(smoothing) for fold in range(folds)]


def look_up_others(tables: list[TargetTable], folds: Ints, categories: Categories) -> Numbers:
    """Look up the mean of each of k categories in the table of its fold: float64 [k]."""
    means = np.empty(len(categories))
    for fold, table in enumerate(tables):
        held_out = np.flatnonzero(folds == fold)
        means[held_out] = table.means_of(categories.take(held_out))
    return means


def _excess(counted: Tally, quarters: Tally, column: int = 0) -> Numbers:
    """Count approved claims beyond what the mean of each quarter lets expect: float64 [m]."""
    place = np.searchsorted(quarters.values(0), counted.values(column))
    claims, approved = quarters.counts[place].T
    return counted.counts[:, 1] - counted.counts[:, 0] * approved / claims
