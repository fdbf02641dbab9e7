"""``band``: the band of a number between edges."""

import numpy as np

from claims.contract import features
from claims.data.batch import Categories
from claims.features.kinds.kind import DerivedKind
from claims.features.rows import Rows


class Band(DerivedKind[features.Band]):
    """See `claims.contract.features.Band`."""

    def derive(self, rows: Rows) -> Categories:  # noqa: D102
        values = rows.numbers(self.feature.of)
        bands = np.searchsorted(np.asarray(self.feature.edges), values, side="right")
        codes = np.where(np.isnan(values), -1, bands).astype(np.int32)
        return Categories(codes, [str(band) for band in range(len(self.feature.edges) + 1)])
