"""``log``: log(1 + x), where what is below zero counts as zero."""

import numpy as np

from claims.contract import features
from claims.data.batch import Numbers
from claims.features.kinds.kind import DerivedKind
from claims.features.rows import Rows


class Log(DerivedKind[features.Log]):
    """See `claims.contract.features.Log`."""

    def derive(self, rows: Rows) -> Numbers:  # noqa: D102
        return np.log1p(np.maximum(rows.numbers(self.feature.of), 0.0))
