"""``prefix``: the first characters of a code."""

from claims.contract import features
from claims.data.batch import Categories
from claims.features.kinds.kind import DerivedKind
from claims.features.rows import Rows


class Prefix(DerivedKind[features.Prefix]):
    """See `claims.contract.features.Prefix`."""

    def derive(self, rows: Rows) -> Categories:  # noqa: D102
        column = rows.categories(self.feature.of)
        return column.recode([level[: self.feature.length] for level in column.levels])
