"""``items``: presence of each of the most frequent items of a list."""

from itertools import chain
from typing import Literal

import numpy as np

from claims.base.strict import Strict
from claims.contract import features
from claims.data.batch import ITEM, Categories
from claims.features.kinds.kind import LearnedKind
from claims.features.rows import Flags, Rows, TrainingRows
from claims.features.tally import Tally
from claims.features.texts import encode


class ItemVocabulary(Strict):
    """The most frequent items of a list, most frequent first."""

    kind: Literal["items"] = "items"
    items: tuple[str, ...]

    def flags(self, lists: Categories) -> Flags:
        """Flag the items that n lists hold; a missing list holds none."""
        position = {item: index for index, item in enumerate(self.items)}
        table = np.zeros((len(lists.levels) + 1, len(self.items)), dtype=np.float32)
        for row, level in enumerate(lists.levels):
            for item in level.split(ITEM):
                if item in position:
                    table[row, position[item]] = 1.0
        return Flags(self.items, table[lists.codes])


class Items(LearnedKind[features.Items, Tally, ItemVocabulary]):
    """See `claims.contract.features.Items`."""

    def summarise(self, rows: TrainingRows) -> Tally:
        """Count claims by item."""
        lists = rows.categories(self.feature.of)
        claims = np.bincount(lists.codes[lists.codes >= 0], minlength=len(lists.levels))
        items = [list(dict.fromkeys(level.split(ITEM))) for level in lists.levels]
        texts = encode(chain.from_iterable(items))
        return Tally.of((texts,), np.repeat(claims, [len(held) for held in items])[:, None])

    def finish(self, summary: Tally) -> ItemVocabulary:
        """Choose the ``top`` items that the most claims hold; ties in alphabetical order."""
        held = summary.take(summary.counts[:, 0] > 0)
        order = np.argsort(-held.counts[:, 0], kind="stable")[: self.feature.top]
        return ItemVocabulary(items=tuple(held.texts(0).texts()[order]))

    def transform(self, learned: ItemVocabulary, rows: Rows) -> Flags:  # noqa: D102
        return learned.flags(rows.categories(self.feature.of))
