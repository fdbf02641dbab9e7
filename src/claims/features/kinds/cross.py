"""``cross``: the combination of categories as one category."""

from claims.contract import features
from claims.data.batch import Categories
from claims.features.kinds.kind import DerivedKind
from claims.features.rows import Rows


class Cross(DerivedKind[features.Cross]):
    """See `claims.contract.features.Cross`."""

    def derive(self, rows: Rows) -> Categories:  # noqa: D102
        return rows.cross(self.feature.of)
