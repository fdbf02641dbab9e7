"""``line_share``: how unusual what a line points to is for what stands on it."""

from collections import Counter
from typing import Literal

import numpy as np

from claims.base.strict import Strict
from claims.contract import line_features
from claims.data.batch import Categories, Numbers
from claims.features.kinds.kind import LearnedKind
from claims.features.rows import Rows, TrainingRows
from claims.features.worst_line import context, count_own, joint, log_share, lowest, point


class ShareTable(Strict):
    """Training lines by context and by what they point to."""

    kind: Literal["line_share"] = "line_share"
    counts: dict[str, dict[str, int]]

    def counted(self, contexts: Categories, pointed: Categories) -> tuple[Numbers, Numbers]:
        """Training lines with the same context and pointed item, and with the same context: float64 [m]."""
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


class LineShare(LearnedKind[line_features.LineShare, ShareTable]):
    """See `claims.contract.line_features.LineShare`."""

    def fit(self, rows: TrainingRows) -> tuple[ShareTable, Numbers]:  # noqa: D102
        contexts, pointed = context(self.feature, rows), point(self.feature.pointed, rows)
        table, owner = fit_share(contexts, pointed), rows.batch.owner
        same, whole = table.counted(contexts, pointed)
        pair = joint(contexts.codes.astype(np.int64), pointed.codes + 1)
        shares = log_share(same - count_own(owner, pair), whole - count_own(owner, contexts.codes))
        return table, lowest(shares, owner, len(rows))

    def transform(self, learned: ShareTable, rows: Rows) -> Numbers:  # noqa: D102
        counts = learned.counted(context(self.feature, rows), point(self.feature.pointed, rows))
        return lowest(log_share(*counts), rows.batch.owner, len(rows))


def fit_share(contexts: Categories, pointed: Categories) -> ShareTable:
    """Count lines by context and pointed item."""
    items = ["" if text is None else text for text in pointed.texts()]
    counts: dict[str, dict[str, int]] = {}
    for (where, what), count in sorted(Counter(zip(contexts.texts(), items, strict=True)).items()):
        counts.setdefault(where, {})[what] = count
    return ShareTable(counts=counts)
