"""``line_target``: the lowest mean outcome of what stands on a line, or on two lines of the claim."""

from dataclasses import dataclass

import numpy as np

from claims.contract import line_features
from claims.data.batch import Categories, Ints, Numbers
from claims.features.kinds.kind import LearnedKind, Lesson
from claims.features.means import OutcomeCounts, TargetTable, look_up_others
from claims.features.rows import Rows, TrainingRows
from claims.features.texts import JOINT, alphabetical, cross, distinct_pairs
from claims.features.worst_line import context, lowest, point


@dataclass(frozen=True)
class Occurrences:
    """What stands on lines, or on pairs of them, each once a claim.

    Attributes
    ----------
    what
        k of them.
    owner
        int64 [k], non-decreasing: the row of the claim.
    """

    what: Categories
    owner: Ints


class LineTarget(LearnedKind[line_features.LineTarget, OutcomeCounts, TargetTable]):
    """See `claims.contract.line_features.LineTarget`."""

    def summarise(self, rows: TrainingRows) -> OutcomeCounts:  # noqa: D102
        seen = self.occurrences(rows)
        return OutcomeCounts.of(rows, seen.what, seen.owner, self.feature.folds)

    def finish(self, summary: OutcomeCounts) -> TargetTable:  # noqa: D102
        return summary.table(self.feature.smoothing)

    def training_values(self, lesson: Lesson[OutcomeCounts, TargetTable], rows: TrainingRows) -> Numbers:
        """Look each claim up in the table that the claims of other folds make."""
        seen, folds = self.occurrences(rows), rows.folds(self.feature.folds)
        tables = lesson.summary.tables_of_others(self.feature.folds, self.feature.smoothing)
        return lowest(look_up_others(tables, folds[seen.owner], seen.what), seen.owner, len(rows))

    def transform(self, learned: TargetTable, rows: Rows) -> Numbers:  # noqa: D102
        seen = self.occurrences(rows)
        return lowest(learned.means_of(seen.what), seen.owner, len(rows))

    def occurrences(self, rows: Rows) -> Occurrences:
        """List what stands on the lines of each claim, or on pairs of them."""
        what = context(self.feature, rows)
        if self.feature.pointed is not None:
            what = cross([what, point(self.feature.pointed, rows)])
        what = alphabetical(what)
        owner, codes = distinct_pairs(what.codes, len(what.levels), rows.batch.owner)
        if self.feature.pairs:
            return _pairs(codes, what.levels, owner)
        return Occurrences(Categories(codes.astype(np.int32), what.levels), owner)


def _pairs(codes: Ints, texts: list[str], owner: Ints) -> Occurrences:
    """Pair the different things on the lines of one claim, in alphabetical order."""
    first, second, owners = [codes[:0]], [codes[:0]], [owner[:0]]
    longest = int(np.bincount(owner).max(initial=0))
    for step in range(1, longest):
        rows = np.flatnonzero(owner[step:] == owner[:-step])
        first.append(codes[rows])
        second.append(codes[rows + step])
        owners.append(owner[rows])
    claims = np.concatenate(owners)
    order = np.argsort(claims, kind="stable")
    joint, places = np.unique(
        np.concatenate(first) * len(texts) + np.concatenate(second), return_inverse=True
    )
    levels = [JOINT.join((texts[pair // len(texts)], texts[pair % len(texts)])) for pair in joint.tolist()]
    return Occurrences(Categories(places[order].astype(np.int32), levels), claims[order])
