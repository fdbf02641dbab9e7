"""``days_between``: days from one date to another."""

from claims.contract import features
from claims.data.batch import Numbers
from claims.features.kinds.kind import DerivedKind
from claims.features.rows import Rows


class DaysBetween(DerivedKind[features.DaysBetween]):
    """See `claims.contract.features.DaysBetween`."""

    def derive(self, rows: Rows) -> Numbers:  # noqa: D102
        return rows.numbers(self.feature.end) - rows.numbers(self.feature.start)
