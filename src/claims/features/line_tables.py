"""What was learned from training lines; it travels inside the model file as JSON."""

from typing import Literal

import numpy as np

from claims.base.strict import Strict
from claims.data.batch import Categories, Numbers

_UNSEEN = 20.0  # lines that a context is taken to have had beside those that it had


class ShareTable(Strict):
    """Training lines by context and by what they point to."""

    kind: Literal["line_share"] = "line_share"
    counts: dict[str, dict[str, int]]

    def counted(self, contexts: Categories, pointed: Categories) -> tuple[Numbers, Numbers]:
        """Training lines with the same context and pointed item, and with the same context: float64 [m]."""
        width = len(pointed.levels) + 1
        pairs = contexts.codes.astype(np.int64) * width + pointed.codes + 1
        joint, place = np.unique(pairs, return_inverse=True)
        texts = ["", *pointed.levels]
        found = [
            (row.get(texts[pair % width], 0), sum(row.values()))
            for pair in joint.tolist()
            for row in [self.counts.get(contexts.levels[pair // width], {})]
        ]
        same, whole = np.array(found, dtype=np.float64).reshape(-1, 2)[place].T
        return same, whole


class TailTable(Strict):
    """The numbers of training lines by context, ascending, each with how many lines have it."""

    kind: Literal["line_tail"] = "line_tail"
    counts: dict[str, tuple[tuple[float, int], ...]]

    def counted(self, contexts: Categories, numbers: Numbers) -> tuple[Numbers, Numbers]:
        """Training lines of the same context with as large a number, and all of the context: float64 [m]."""
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


def log_share(part: Numbers, whole: Numbers) -> Numbers:
    """log of a share that is never 0: a value never seen is rarer the more its context was seen."""
    return np.log((part + 1.0) / (whole + _UNSEEN))
