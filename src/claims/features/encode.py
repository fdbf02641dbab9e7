"""Features to model inputs: categories to codes of one shared embedding table, numbers to [−1, 1].

Every number enters twice: as its place among the training quantiles, so that no dollar column can eat an
int8 range, and as the code of its bin, so that the network can bend at any place.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from claims.base.strict import Strict
from claims.data.batch import Categories, Numbers

MISSING, UNSEEN, FIRST = 0, 1, 2  # codes: no value; never or rarely seen in training; the first level or bin


class Vocabulary(Strict):
    """Levels that were frequent enough in training, sorted."""

    kind: Literal["vocabulary"] = "vocabulary"
    levels: tuple[str, ...]

    @property
    def size(self) -> int:
        """How many codes there are."""
        return FIRST + len(self.levels)

    def codes(self, categories: Categories) -> NDArray[np.int32]:
        """Int32 [n]: 0 missing, 1 unseen or too rare, 2… the levels."""
        position = {level: FIRST + index for index, level in enumerate(self.levels)}
        table = np.array(
            [*(position.get(level, UNSEEN) for level in categories.levels), MISSING], dtype=np.int32
        )
        return table[categories.codes]


class Scale(Strict):
    """One number's training quantiles, bin edges and stand-in for a missing value.

    Attributes
    ----------
    quantiles
        Values at evenly spaced ranks, as scikit-learn's ``QuantileTransformer`` holds them.
    edges
        Inner bin edges, as its ``KBinsDiscretizer`` holds them.
    fill
        The value learned from training rows for a missing one.
    indicator
        Whether a missing value also raises an input of its own.
    """

    kind: Literal["scale"] = "scale"
    quantiles: tuple[float, ...]
    edges: tuple[float, ...]
    fill: float
    indicator: bool

    @property
    def size(self) -> int:
        """How many codes there are."""
        return FIRST + len(self.edges) + 1

    def codes(self, values: Numbers) -> NDArray[np.int32]:
        """Int32 [n]: 0 missing, 2… the bins."""
        bins = np.searchsorted(np.asarray(self.edges), values, side="right") + FIRST
        return np.where(np.isnan(values), MISSING, bins).astype(np.int32)

    def scaled(self, values: Numbers) -> Numbers:
        """Place among the training quantiles, −1 the smallest and 1 the largest: float64 [n]."""
        known = np.where(np.isnan(values), self.fill, values)
        quantiles = np.asarray(self.quantiles)
        ranks = np.linspace(0, 1, len(quantiles))
        up = np.interp(known, quantiles, ranks)
        down = np.interp(-known, -quantiles[::-1], -ranks[::-1])
        rank = 0.5 * (up - down)  # the mean of both, so that a value with many ties lands in their middle
        rank[known == quantiles[-1]] = 1
        rank[known == quantiles[0]] = 0
        return np.clip(2 * rank - 1, -1, 1)


class Presence(Strict):
    """0/1 flags pass as they are."""

    kind: Literal["presence"] = "presence"
    names: tuple[str, ...]


Encoder = Vocabulary | Scale | Presence
