"""``target``: the mean outcome of a category, shrunk to the mean, without its trend."""

from claims.contract import features
from claims.data.batch import Numbers
from claims.features.kinds.kind import LearnedKind
from claims.features.means import TargetTable, detrend, draw_folds, fit_means
from claims.features.rows import Rows, TrainingRows


class Target(LearnedKind[features.Target, TargetTable]):
    """See `claims.contract.features.Target`."""

    def fit(self, rows: TrainingRows) -> tuple[TargetTable, Numbers]:  # noqa: D102
        folds = draw_folds(len(rows), self.feature.folds, rows.seed)
        outcome = detrend(rows.approved, rows.days)
        return fit_means(rows.cross(self.feature.of), outcome, self.feature.smoothing, folds)

    def transform(self, learned: TargetTable, rows: Rows) -> Numbers:  # noqa: D102
        return learned.means_of(rows.cross(self.feature.of))
