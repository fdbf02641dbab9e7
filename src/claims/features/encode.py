"""Features to model inputs: categories to codes of one shared embedding table, numbers to [−1, 1].

Every number enters twice: as its place among the training quantiles, so that no dollar column can eat an
int8 range, and as the code of its bin, so that the network can bend at any place.
"""

from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from claims.base.strict import Strict
from claims.data.batch import Categories, Numbers
from claims.features.rows import Flags

MISSING, UNSEEN, FIRST = 0, 1, 2  # codes: no value; never or rarely seen in training; the first level or bin


class FeatureEncoder(Strict):
    """How the values of one feature enter the model."""

    @property
    def size(self) -> int:
        """How many codes there are; none where the feature has no column of codes."""
        return 0

    def codes(self, values: Any) -> NDArray[np.int32]:  # noqa: ARG002
        """Code of each of n values: int32 [n]."""
        raise TypeError(f"{type(self).__name__} gives no codes")

    def number_names(self, feature: str) -> list[str]:  # noqa: ARG002
        """Names of the numbers that it gives of a feature."""
        return []

    def numbers(self, values: Any) -> Iterable[NDArray[np.floating]]:  # noqa: ARG002
        """Those numbers of n values, in [−1, 1]: [n] each."""
        return ()


class Vocabulary(FeatureEncoder):
    """Levels that were frequent enough in training, sorted."""

    kind: Literal["vocabulary"] = "vocabulary"
    levels: tuple[str, ...]

    @property
    def size(self) -> int:  # noqa: D102
        return FIRST + len(self.levels)

    def codes(self, values: Categories) -> NDArray[np.int32]:
        """Code of each text, 0 missing, 1 unseen or too rare, 2… the levels: int32 [n]."""
        position = {level: FIRST + index for index, level in enumerate(self.levels)}
        table = np.array([*(position.get(level, UNSEEN) for level in values.levels), MISSING], dtype=np.int32)
        return table[values.codes]


class Scale(FeatureEncoder):
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
    def size(self) -> int:  # noqa: D102
        return FIRST + len(self.edges) + 1

    def number_names(self, feature: str) -> list[str]:  # noqa: D102
        return [feature, f"{feature}?"] if self.indicator else [feature]

    def numbers(self, values: Numbers) -> Iterable[NDArray[np.floating]]:
        """The place among the training quantiles, and whether the value is missing."""
        yield self.scaled(values)
        if self.indicator:
            yield np.isnan(values).astype(np.float32)

    def codes(self, values: Numbers) -> NDArray[np.int32]:
        """Code of each number, 0 missing, 2… the bins: int32 [n]."""
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


class Presence(FeatureEncoder):
    """0/1 flags pass as they are."""

    kind: Literal["presence"] = "presence"
    names: tuple[str, ...]

    def number_names(self, feature: str) -> list[str]:  # noqa: D102
        return [f"{feature}={name}" for name in self.names]

    def numbers(self, values: Flags) -> Iterable[NDArray[np.floating]]:
        """The flags, item by item."""
        return values.marks.T


Encoder = Vocabulary | Scale | Presence
