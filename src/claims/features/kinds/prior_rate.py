"""``prior_rate``: how often the same value was approved in the months before, measured against all claims."""

from functools import cached_property
from typing import Literal

import numpy as np

from claims.contract import features
from claims.data.batch import Categories, Ints, Numbers
from claims.features.history import MonthCounts, MonthlyTable, running
from claims.features.kinds.kind import LearnedKind
from claims.features.rows import Rows, TrainingRows


class RateTable(MonthlyTable):
    """Outcomes of each category by the month in which they became known.

    Attributes
    ----------
    smoothing
        Outcomes at which the category's own rate weighs half.
    approved
        Of each entry: how many of its outcomes were approvals.
    """

    kind: Literal["prior_rate"] = "prior_rate"
    smoothing: float
    approved: tuple[int, ...]

    def values(self, categories: Categories, days: Numbers) -> Numbers:
        """Return the shrunken approval rate minus that of all claims of the same months: float64 [n].

        Zero where nothing was known yet, missing without an event time.
        """
        start, end = self._window(days)
        low, high = self._entries(categories, start, end)
        known = self._counted[high] - self._counted[low]
        approved = self._approvals[high] - self._approvals[low]
        all_known, all_approved = (total[end] - total[start] for total in self._totals)
        expected = known * all_approved / np.maximum(all_known, 1)
        return np.where(np.isnan(days), np.nan, (approved - expected) / (known + self.smoothing))

    @cached_property
    def _approvals(self) -> Ints:
        return running(self.approved)

    @cached_property
    def _totals(self) -> tuple[Ints, Ints]:
        """Outcomes and approvals of all claims before each month: int64 [months + 1] each."""
        totals = np.zeros((2, self._span), dtype=np.int64)
        np.add.at(totals.T, list(self.offsets), np.stack((self.counts, self.approved), axis=1))
        known, approved = totals
        return running(known), running(approved)


class PriorRate(LearnedKind[features.PriorRate, MonthCounts, RateTable]):
    """See `claims.contract.features.PriorRate`."""

    def summarise(self, rows: TrainingRows) -> MonthCounts:
        """Count outcomes by category and the month in which they became known."""
        counts = np.stack((np.ones_like(rows.approved), rows.approved), axis=1)
        return MonthCounts.of(rows, rows.cross(self.feature.of), rows.known, counts)

    def finish(self, summary: MonthCounts) -> RateTable:  # noqa: D102
        columns, counts = summary.columns()
        approved = tuple(counts[:, 1].tolist())
        return RateTable(
            months=self.feature.months, smoothing=self.feature.smoothing, approved=approved, **columns
        )

    def transform(self, learned: RateTable, rows: Rows) -> Numbers:  # noqa: D102
        return learned.values(rows.cross(self.feature.of), rows.days)
