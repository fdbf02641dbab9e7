"""``line_tail``: how unusually large a line's number is for what stands on it."""

from typing import Literal

import numpy as np

from claims.base.strict import Strict
from claims.contract import line_features
from claims.data.batch import Categories, Ints, Numbers
from claims.features.kinds.kind import LearnedKind, Lesson
from claims.features.rows import Rows, TrainingRows
from claims.features.tally import Tally
from claims.features.worst_line import context, count_own, joint, log_share, lowest


class TailTable(Strict):
    """The numbers of training lines by context, ascending, each with how many lines have it."""

    kind: Literal["line_tail"] = "line_tail"
    counts: dict[str, tuple[tuple[float, int], ...]]

    def counted(self, contexts: Categories, numbers: Numbers) -> tuple[Numbers, Numbers]:
        """Count training lines of the context with as large a number, and all of them: float64 [m]."""
        larger, total = np.zeros(len(numbers)), np.zeros(len(numbers))
        order = np.argsort(contexts.codes, kind="stable")
        starts = np.searchsorted(contexts.codes[order], np.arange(1, len(contexts.levels)))
        for level, rows in zip(contexts.levels, np.split(order, starts), strict=False):  # none: no lines
            if level in self.counts and len(rows):
                values, counts = (np.array(column) for column in zip(*self.counts[level], strict=True))
                above = np.append(np.cumsum(counts[::-1])[::-1], 0)
                larger[rows] = above[np.searchsorted(values, numbers[rows])]
                total[rows] = above[0]
        return larger, total


class LineTail(LearnedKind[line_features.LineTail, Tally, TailTable]):
    """See `claims.contract.line_features.LineTail`."""

    def summarise(self, rows: TrainingRows) -> Tally:
        """Count lines by context and number."""
        return Tally.of(self._numbered(rows)[:2])

    def finish(self, summary: Tally) -> TailTable:  # noqa: D102
        contexts, numbers = summary.texts(0).texts().tolist(), summary.values(1).tolist()
        counts: dict[str, list[tuple[float, int]]] = {}
        for where, number, (lines,) in zip(contexts, numbers, summary.counts.tolist(), strict=True):
            counts.setdefault(where, []).append((number, lines))
        return TailTable(counts={where: tuple(rows) for where, rows in counts.items()})

    def training_values(self, lesson: Lesson[Tally, TailTable], rows: TrainingRows) -> Numbers:
        """Take each claim's own lines off the counts."""
        contexts, numbers, owner = self._numbered(rows)
        larger, whole = lesson.learned.counted(contexts, numbers)
        own = _count_own_as_large(joint(owner, contexts.codes), numbers)
        shares = log_share(larger - own, whole - count_own(owner, contexts.codes))
        return lowest(shares, owner, len(rows))

    def transform(self, learned: TailTable, rows: Rows) -> Numbers:  # noqa: D102
        contexts, numbers, owner = self._numbered(rows)
        return lowest(log_share(*learned.counted(contexts, numbers)), owner, len(rows))

    def _numbered(self, rows: Rows) -> tuple[Categories, Numbers, Ints]:
        """Return context, number and claim of each line that has a number."""
        numbers = rows.batch.lines.numbers(self.feature.number) + 0.0  # −0.0 is 0.0
        known = np.flatnonzero(~np.isnan(numbers))
        return context(self.feature, rows).take(known), numbers[known], rows.batch.owner[known]


def _count_own_as_large(group: Ints, numbers: Numbers) -> Numbers:
    """Count the lines of the same group that have as large a number: float64 [m]."""
    _, rank = np.unique(numbers, return_inverse=True)
    pairs = joint(group, rank)
    ordered = np.sort(pairs)
    last = joint(group, np.full_like(rank, rank.max(initial=0)))
    ends = np.searchsorted(ordered, last, side="right")
    return (ends - np.searchsorted(ordered, pairs)).astype(np.float64)
