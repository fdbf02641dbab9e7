"""``prior_count``: claims a month of the same value over the months before the claim's own."""

from typing import Literal

import numpy as np

from claims.contract import features
from claims.data.batch import Categories, Numbers
from claims.features.history import MonthCounts, MonthlyTable
from claims.features.kinds.kind import LearnedKind
from claims.features.rows import Rows, TrainingRows


class VolumeTable(MonthlyTable):
    """Claims of each category by the month of their event."""

    kind: Literal["prior_count"] = "prior_count"

    def values(self, categories: Categories, days: Numbers) -> Numbers:
        """Return claims a month over the months before each claim's own: float64 [n].

        Missing in the first training month, which has no month before it.
        """
        start, end = self._window(days)
        low, high = self._entries(categories, start, end)
        claims = self._counted[high] - self._counted[low]
        return np.where((end == start) | np.isnan(days), np.nan, claims / np.maximum(end - start, 1))


class PriorCount(LearnedKind[features.PriorCount, MonthCounts, VolumeTable]):
    """See `claims.contract.features.PriorCount`."""

    def summarise(self, rows: TrainingRows) -> MonthCounts:
        """Count claims by category and the month in which they came."""
        return MonthCounts.of(rows, rows.cross(self.feature.of), rows.days)

    def finish(self, summary: MonthCounts) -> VolumeTable:  # noqa: D102
        return VolumeTable(months=self.feature.months, **summary.columns()[0])

    def transform(self, learned: VolumeTable, rows: Rows) -> Numbers:  # noqa: D102
        return learned.values(rows.cross(self.feature.of), rows.days)
