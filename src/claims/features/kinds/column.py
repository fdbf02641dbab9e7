"""``column``: the column as it stands."""

from claims.contract import features
from claims.features.kinds.kind import DerivedKind
from claims.features.rows import Rows, Value


class ColumnFeature(DerivedKind[features.ColumnFeature]):
    """See `claims.contract.features.ColumnFeature`."""

    def derive(self, rows: Rows) -> Value:  # noqa: D102
        return rows.values[self.feature.of]
