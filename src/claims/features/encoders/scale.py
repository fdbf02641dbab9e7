"""Numbers as their place among training quantiles, and as the code of their bin."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from claims.data.batch import Ints, Numbers
from claims.features.encoders.encoder import FIRST, MISSING, FeatureEncoder, Resolution
from claims.features.tally import Tally


class Scale(FeatureEncoder):
    """One number's training quantiles, bin edges and stand-in for a missing value.

    Attributes
    ----------
    quantiles
        Values at evenly spaced ranks (`ValueCounts.quantiles`).
    edges
        Inner bin edges (`ValueCounts.edges`).
    fill
        The value learned from training rows for a missing one.
    indicator
        Whether a missing value also raises an input of its own.
    """

    kind: Literal["scale"] = "scale"
    quantiles: tuple[float, ...]
    edges: tuple[float, ...]
    fill: float
    indicator: bool

    @property
    def size(self) -> int:  # noqa: D102
        return FIRST + len(self.edges) + 1

    def codes(self, values: Numbers) -> NDArray[np.int32]:
        """Return the code of each number, 0 missing, 2… the bins: int32 [n]."""
        bins = np.searchsorted(np.asarray(self.edges), values, side="right") + FIRST
        return np.where(np.isnan(values), MISSING, bins).astype(np.int32)

    def number_names(self, feature: str) -> list[str]:  # noqa: D102
        return [feature, f"{feature}?"] if self.indicator else [feature]

    def numbers(self, values: Numbers) -> Iterable[NDArray[np.floating]]:
        """Return the place among the training quantiles, and whether the value is missing."""
        yield self.scaled(values)
        if self.indicator:
            yield np.isnan(values).astype(np.float32)

    def scaled(self, values: Numbers) -> Numbers:
        """Find the place among the training quantiles, −1 the smallest, 1 the largest: float64 [n]."""
        known = np.where(np.isnan(values), self.fill, values)
        quantiles = np.asarray(self.quantiles)
        ranks = np.linspace(0, 1, len(quantiles))
        up = np.interp(known, quantiles, ranks)
        down = np.interp(-known, -quantiles[::-1], -ranks[::-1])
        rank = 0.5 * (up - down)  # the mean of both, so that a value with many ties lands in their middle
        rank[known == quantiles[-1]] = 1
        rank[known == quantiles[0]] = 0
        return np.clip(2 * rank - 1, -1, 1)


@dataclass(frozen=True)
class ValueCounts:
    """Training rows by value.

    Attributes
    ----------
    values, counts
        The distinct values, ascending: float64 [m], and the rows of each: int64 [m].
    missing
        Rows without a value.
    """

    values: Numbers
    counts: Ints
    missing: int

    @classmethod
    def of(cls, values: Numbers) -> "ValueCounts":
        """Count n numbers."""
        return cls._of(Tally.of((values + 0.0,)))  # −0.0 is 0.0

    @classmethod
    def _of(cls, tally: Tally) -> "ValueCounts":
        values, counts = tally.values(0), tally.counts[:, 0]
        known = ~np.isnan(values)
        return cls(values[known], counts[known], int(counts[~known].sum()))

    def merge(self, other: "ValueCounts") -> "ValueCounts":
        """Count the rows of both."""
        values = np.append(self.values, other.values)
        tally = Tally.of((values,), np.append(self.counts, other.counts)[:, None])
        return ValueCounts(tally.values(0), tally.counts[:, 0], self.missing + other.missing)

    def finish(self, resolution: Resolution, if_missing: str) -> Scale | None:
        """Fit quantiles, bins and the stand-in for a missing value; None where no value is known."""
        if not len(self.values):
            return None
        return Scale(
            quantiles=tuple(self.quantiles(min(resolution.quantiles, self.size)).tolist()),
            edges=tuple(self.edges(resolution.bins).tolist()),
            fill=self.typical(if_missing),
            indicator=self.missing > 0,
        )

    @property
    def size(self) -> int:
        """Rows that have a value."""
        return int(self.counts.sum())

    def at(self, ranks: Ints) -> Numbers:
        """Return the values of these ranks, from 0, among all rows in ascending order."""
        return self.values[np.searchsorted(np.cumsum(self.counts), ranks, side="right")]

    def quantiles(self, number: int) -> Numbers:
        """Return that many values at evenly spaced ranks, the smallest first and the largest last.

        Between two rows the value is interpolated: definition 7 of Hyndman and Fan (1996),
        doi:10.1080/00031305.1996.10473566, as scikit-learn's ``QuantileTransformer`` takes it, with ranks in
        integers.
        """
        steps = max(number - 1, 1)
        rank, rest = np.divmod(np.arange(number) * (self.size - 1), steps)
        low, high = self.at(rank), self.at(np.minimum(rank + 1, self.size - 1))
        values = np.where(rest == 0, low, low + (high - low) * (rest / steps))
        return np.maximum.accumulate(values)

    def edges(self, bins: int) -> Numbers:
        """Return the inner edges of bins of equal counts; few distinct values get a bin each.

        An edge that falls between two rows is their mean (definition 2 of Hyndman and Fan), as
        scikit-learn's ``KBinsDiscretizer`` takes it; edges that ties make equal are one.
        """
        if len(self.values) <= bins:
            return self.values[1:]
        rank, rest = np.divmod(np.arange(bins + 1) * self.size, bins)
        high = self.at(np.minimum(rank, self.size - 1))
        low = np.where(rest == 0, self.at(np.maximum(rank - 1, 0)), high)
        return np.unique(0.5 * low + 0.5 * high)[1:-1]

    def typical(self, which: str) -> float:
        """Return the median, the mean or the most frequent value, of equally frequent ones the smallest."""
        if which == "most_frequent":
            return float(self.values[np.argmax(self.counts)])
        if which == "mean":
            return math.fsum(self.values * self.counts) / self.size
        low, high = self.at(np.array([(self.size - 1) // 2, self.size // 2])).tolist()
        return 0.5 * low + 0.5 * high
