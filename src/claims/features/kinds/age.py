"""``age``: completed years from one date to another."""

from claims.contract import features
from claims.data.batch import Numbers
from claims.features.calendar import completed_years
from claims.features.kinds.kind import DerivedKind
from claims.features.rows import Rows


class Age(DerivedKind[features.Age]):
    """See `claims.contract.features.Age`."""

    def derive(self, rows: Rows) -> Numbers:  # noqa: D102
        return completed_years(rows.numbers(self.feature.of), rows.numbers(self.feature.at))
