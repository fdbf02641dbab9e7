"""``line_share``: how unusual what a line points to is for what stands on it."""

from typing import Literal

import numpy as np

from claims.base.strict import Strict
from claims.contract import line_features
from claims.data.batch import Categories, Numbers
from claims.features.kinds.kind import LearnedKind, Lesson
from claims.features.rows import Rows, TrainingRows
from claims.features.tally import Tally
from claims.features.worst_line import context, count_own, joint, log_share, lowest, point


class ShareTable(Strict):
    """Training lines by context and by what they point to."""

    kind: Literal["line_share"] = "line_share"
    counts: dict[str, dict[str, int]]

    def counted(self, contexts: Categories, pointed: Categories) -> tuple[Numbers, Numbers]:
        """Count training lines of the same context and pointed item, and of the context: float64 [m]."""
        width = len(pointed.levels) + 1
        pairs = contexts.codes.astype(np.int64) * width + pointed.codes + 1
        distinct, place = np.unique(pairs, return_inverse=True)
        texts = ["", *pointed.levels]
        counts = [
            (row.get(texts[pair % width], 0), sum(row.values()))
            for pair in distinct.tolist()
            for row in [self.counts.get(contexts.levels[pair // width], {})]
        ]
        same, whole = np.array(counts, dtype=np.float64).reshape(-1, 2)[place].T
        return same, whole


class LineShare(LearnedKind[line_features.LineShare, Tally, ShareTable]):
    """See `claims.contract.line_features.LineShare`."""

    def summarise(self, rows: TrainingRows) -> Tally:
        """Count lines by context and by what they point to."""
        return Tally.of((context(self.feature, rows), point(self.feature.pointed, rows)))

    def finish(self, summary: Tally) -> ShareTable:  # noqa: D102
        contexts, pointed = summary.texts(0).texts().tolist(), summary.texts(1).texts().tolist()
        counts: dict[str, dict[str, int]] = {}
        for where, what, (lines,) in zip(contexts, pointed, summary.counts.tolist(), strict=True):
            counts.setdefault(where, {})[what or ""] = lines
        return ShareTable(counts=counts)

    def training_values(self, lesson: Lesson[Tally, ShareTable], rows: TrainingRows) -> Numbers:
        """Take each claim's own lines off the counts."""
        contexts, pointed = context(self.feature, rows), point(self.feature.pointed, rows)
        owner = rows.batch.owner
        same, whole = lesson.learned.counted(contexts, pointed)
        pair = joint(contexts.codes.astype(np.int64), pointed.codes + 1)
        shares = log_share(same - count_own(owner, pair), whole - count_own(owner, contexts.codes))
        return lowest(shares, owner, len(rows))

    def transform(self, learned: ShareTable, rows: Rows) -> Numbers:  # noqa: D102
        counts = learned.counted(context(self.feature, rows), point(self.feature.pointed, rows))
        return lowest(log_share(*counts), rows.batch.owner, len(rows))
