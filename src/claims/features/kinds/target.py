"""``target``: the mean outcome of a category, shrunk to the mean, without its trend."""

import numpy as np

from claims.contract import features
from claims.data.batch import Numbers
from claims.features.kinds.kind import LearnedKind, Lesson
from claims.features.means import OutcomeCounts, TargetTable, look_up_others
from claims.features.rows import Rows, TrainingRows


class Target(LearnedKind[features.Target, OutcomeCounts, TargetTable]):
    """See `claims.contract.features.Target`."""

    def summarise(self, rows: TrainingRows) -> OutcomeCounts:  # noqa: D102
        return OutcomeCounts.of(rows, rows.cross(self.feature.of), np.arange(len(rows)), self.feature.folds)

    def finish(self, summary: OutcomeCounts) -> TargetTable:  # noqa: D102
        return summary.table(self.feature.smoothing)

    def training_values(self, lesson: Lesson[OutcomeCounts, TargetTable], rows: TrainingRows) -> Numbers:
        """Look each claim up in the table that the claims of other folds make."""
        tables = lesson.summary.tables_of_others(self.feature.folds, self.feature.smoothing)
        return look_up_others(tables, rows.folds(self.feature.folds), rows.cross(self.feature.of))

    def transform(self, learned: TargetTable, rows: Rows) -> Numbers:  # noqa: D102
        return learned.means_of(rows.cross(self.feature.of))
