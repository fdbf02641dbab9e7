"""``first_item``: the first item of a list."""

from claims.contract import features
from claims.data.batch import ITEM, Categories
from claims.features.kinds.kind import DerivedKind
from claims.features.rows import Rows


class FirstItem(DerivedKind[features.FirstItem]):
    """See `claims.contract.features.FirstItem`."""

    def derive(self, rows: Rows) -> Categories:  # noqa: D102
        lists = rows.categories(self.feature.of)
        return lists.recode([level.split(ITEM)[0] for level in lists.levels])
