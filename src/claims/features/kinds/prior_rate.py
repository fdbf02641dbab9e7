"""``prior_rate``: how often the same value was approved in the months before, measured against all claims."""

from functools import cached_property
from typing import Literal

import numpy as np

from claims.contract import features
from claims.data.batch import Categories, Ints, Numbers
from claims.features.history import MonthlyTable, count_by_month, running
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
        """Shrunken approval rate minus that of all claims of the same months: float64 [n].

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


class PriorRate(LearnedKind[features.PriorRate, RateTable]):
    """See `claims.contract.features.PriorRate`."""

    def fit(self, rows: TrainingRows) -> tuple[RateTable, Numbers]:  # noqa: D102
        learned = fit_rate(
            rows.cross(self.feature.of), rows, months=self.feature.months, smoothing=self.feature.smoothing
        )
        return learned, self.transform(learned, rows)

    def transform(self, learned: RateTable, rows: Rows) -> Numbers:  # noqa: D102
        return learned.values(rows.cross(self.feature.of), rows.days)


def fit_rate(categories: Categories, rows: TrainingRows, months: int, smoothing: float) -> RateTable:
    """Count outcomes by category and the month in which they became known."""
    columns, counted, entries = count_by_month(categories, rows.known, rows.days)
    approved = np.bincount(entries, weights=rows.approved[counted], minlength=len(columns["counts"]))
    approvals = tuple(approved.astype(np.int64).tolist())
    return RateTable(months=months, smoothing=smoothing, approved=approvals, **columns)
