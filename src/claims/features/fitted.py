"""Derived features that learn from training rows: what they learned, and how it is applied.

Each travels inside the model file as JSON. None of them learns here: see `claims.features.fit`.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from claims.base.strict import Strict
from claims.data.batch import ITEM, Categories, Numbers
from claims.features.history import RateTable, VolumeTable
from claims.features.line_tables import ShareTable, TailTable

Flags = NDArray[np.float32]


class ItemVocabulary(Strict):
    """The most frequent items of a list, most frequent first."""

    kind: Literal["items"] = "items"
    items: tuple[str, ...]

    def flags(self, lists: Categories) -> Flags:
        """Presence of each item: float32 [n, items], 0 or 1; a missing list holds none."""
        position = {item: index for index, item in enumerate(self.items)}
        table = np.zeros((len(lists.levels) + 1, len(self.items)), dtype=np.float32)
        for row, level in enumerate(lists.levels):
            for item in level.split(ITEM):
                if item in position:
                    table[row, position[item]] = 1.0
        return table[lists.codes]


class TargetTable(Strict):
    """Shrunken mean outcome of each category; ``prior`` for one never seen."""

    kind: Literal["target"] = "target"
    prior: float
    means: dict[str, float]

    def means_of(self, categories: Categories) -> Numbers:
        """Float64 [n]."""
        table = np.array([*(self.means.get(level, self.prior) for level in categories.levels), self.prior])
        return table[categories.codes]


Fitted = ItemVocabulary | TargetTable | VolumeTable | RateTable | ShareTable | TailTable
