"""``items``: presence of each of the most frequent items of a list."""

from collections import Counter
from typing import Literal

import numpy as np

from claims.base.strict import Strict
from claims.contract import features
from claims.data.batch import ITEM, Categories
from claims.features.kinds.kind import LearnedKind
from claims.features.rows import Flags, Rows, TrainingRows


class ItemVocabulary(Strict):
    """The most frequent items of a list, most frequent first."""

    kind: Literal["items"] = "items"
    items: tuple[str, ...]

    def flags(self, lists: Categories) -> Flags:
        """Presence of each item in n lists; a missing list holds none."""
        position = {item: index for index, item in enumerate(self.items)}
        table = np.zeros((len(lists.levels) + 1, len(self.items)), dtype=np.float32)
        for row, level in enumerate(lists.levels):
            for item in level.split(ITEM):
                if item in position:
                    table[row, position[item]] = 1.0
        return Flags(self.items, table[lists.codes])


class Items(LearnedKind[features.Items, ItemVocabulary]):
    """See `claims.contract.features.Items`."""

    def fit(self, rows: TrainingRows) -> tuple[ItemVocabulary, Flags]:  # noqa: D102
        learned = fit_items(rows.categories(self.feature.of), self.feature.top)
        return learned, self.transform(learned, rows)

    def transform(self, learned: ItemVocabulary, rows: Rows) -> Flags:  # noqa: D102
        return learned.flags(rows.categories(self.feature.of))


def fit_items(lists: Categories, top: int) -> ItemVocabulary:
    """Choose the ``top`` items that the most claims hold; ties in alphabetical order."""
    rows = np.bincount(lists.codes[lists.codes >= 0], minlength=len(lists.levels))
    counts: Counter[str] = Counter()
    for level, count in zip(lists.levels, rows.tolist(), strict=True):
        counts.update(dict.fromkeys(level.split(ITEM), count))
    frequent = sorted((item for item in counts if counts[item]), key=lambda item: (-counts[item], item))
    return ItemVocabulary(items=tuple(frequent[:top]))
