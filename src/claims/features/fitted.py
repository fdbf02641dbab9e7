"""Derived features that learn from training rows: what they learned, and how it is applied.

Each travels inside the model file as JSON. None of them learns here: see `claims.features.fit`.
"""

import datetime as dt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from claims.columns.batch import ITEM, Categories, Numbers, months_of
from claims.strict import Strict

Flags = NDArray[np.float32]


class ItemVocabulary(Strict):
    """The most frequent items of a list, most frequent first."""

    kind: Literal["items"] = "items"
    items: tuple[str, ...]

    def flags(self, lists: Categories) -> Flags:
        """Presence of each item: float32 [n, items], 0 or 1; a missing list holds none."""
        position = {item: index for index, item in enumerate(self.items)}
        table = np.zeros((len(lists.levels) + 1, len(self.items)), dtype=np.float32)
        for row, level in enumerate(lists.levels):
            for item in level.split(ITEM):
                if item in position:
                    table[row, position[item]] = 1.0
        return table[lists.codes]


class TargetTable(Strict):
    """Shrunken mean outcome of each category; ``prior`` for one never seen."""

    kind: Literal["target"] = "target"
    prior: float
    means: dict[str, float]

    def means_of(self, categories: Categories) -> Numbers:
        """Float64 [n]."""
        table = np.array([*(self.means.get(level, self.prior) for level in categories.levels), self.prior])
        return table[categories.codes]


class VolumeTable(Strict):
    """Claims of each category by month, up to the as-of month.

    Attributes
    ----------
    first, as_of
        Months since 1970-01 of the first and the last training month.
    counts
        For each category the months that had claims and how many.
    """

    kind: Literal["prior_count"] = "prior_count"
    months: int
    first: int
    as_of: int
    counts: dict[str, tuple[tuple[int, int], ...]]

    @property
    def as_of_text(self) -> str:
        """The as-of month as ``YYYY-MM``."""
        return dt.date(1970 + self.as_of // 12, self.as_of % 12 + 1, 1).strftime("%Y-%m")

    def rates(self, categories: Categories, days: Numbers) -> Numbers:
        """Claims a month over the months before each claim's own: float64 [n].

        Missing in the first training month, which has no month before it.
        """
        before = np.array([self._before(level) for level in [*categories.levels, ""]])
        end = np.clip(months_of(days), self.first, self.as_of + 1) - self.first
        start = np.maximum(end - self.months, 0)
        claims = before[categories.codes, end] - before[categories.codes, start]
        return np.where((end == start) | np.isnan(days), np.nan, claims / np.maximum(end - start, 1))

    def _before(self, level: str) -> NDArray[np.int64]:
        """Claims of one category before each month: int64 [months + 1]."""
        by_month = np.zeros(self.as_of - self.first + 2, dtype=np.int64)
        for month, count in self.counts.get(level, ()):
            by_month[month - self.first + 1] = count
        return np.cumsum(by_month)


Fitted = ItemVocabulary | TargetTable | VolumeTable
