"""``ratio``: one number over another."""

import numpy as np

from claims.contract import features
from claims.data.batch import Numbers
from claims.features.kinds.kind import DerivedKind
from claims.features.rows import Rows


class Ratio(DerivedKind[features.Ratio]):
    """See `claims.contract.features.Ratio`."""

    def derive(self, rows: Rows) -> Numbers:  # noqa: D102
        over = rows.numbers(self.feature.over)
        return rows.numbers(self.feature.of) / np.where(over == 0, np.nan, over)
