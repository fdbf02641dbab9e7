"""``calendar``: a part of a date."""

import numpy as np

from claims.contract import features
from claims.data.batch import Categories
from claims.features.calendar import civil, whole_days
from claims.features.kinds.kind import DerivedKind
from claims.features.rows import Rows, Value

_SIZES = {"month": 12, "quarter": 4, "weekday": 7}  # Monday is 1


class Calendar(DerivedKind[features.Calendar]):
    """See `claims.contract.features.Calendar`."""

    def derive(self, rows: Rows) -> Value:  # noqa: D102
        days, part = rows.numbers(self.feature.of), self.feature.part
        if part == "day":
            return days
        year, month, _day = civil(days)
        if part == "year":
            return np.where(np.isnan(days), np.nan, year)
        index = {"month": month - 1, "quarter": (month - 1) // 3, "weekday": (whole_days(days) + 3) % 7}[part]
        codes = np.where(np.isnan(days), -1, index).astype(np.int32)
        return Categories(codes, [str(position + 1) for position in range(_SIZES[part])])
