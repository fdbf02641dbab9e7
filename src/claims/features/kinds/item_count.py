"""``item_count``: how many items a list holds."""

import numpy as np

from claims.contract import features
from claims.data.batch import ITEM, Numbers
from claims.features.kinds.kind import DerivedKind
from claims.features.rows import Rows


class ItemCount(DerivedKind[features.ItemCount]):
    """See `claims.contract.features.ItemCount`."""

    def derive(self, rows: Rows) -> Numbers:  # noqa: D102
        lists = rows.categories(self.feature.of)
        return np.array([*(float(len(level.split(ITEM))) for level in lists.levels), np.nan])[lists.codes]
