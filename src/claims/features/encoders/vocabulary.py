"""Categories as codes."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from claims.data.batch import Categories
from claims.features.encoders.encoder import FIRST, MISSING, UNSEEN, FeatureEncoder, Resolution
from claims.features.tally import Tally


class Vocabulary(FeatureEncoder):
    """Levels that were frequent enough in training, sorted."""

    kind: Literal["vocabulary"] = "vocabulary"
    levels: tuple[str, ...]

    @property
    def size(self) -> int:  # noqa: D102
        return FIRST + len(self.levels)

    def codes(self, values: Categories) -> NDArray[np.int32]:
        """Return the code of each text, 0 missing, 1 unseen or too rare, 2… the levels: int32 [n]."""
        position = {level: FIRST + index for index, level in enumerate(self.levels)}
        codes = [*(position.get(level, UNSEEN) for level in values.levels), MISSING]
        return np.array(codes, dtype=np.int32)[values.codes]


@dataclass(frozen=True)
class LevelCounts:
    """Training rows by category."""

    tally: Tally

    @classmethod
    def of(cls, values: Categories) -> "LevelCounts":
        """Count n categories."""
        return cls(Tally.of((values,)))

    def merge(self, other: "LevelCounts") -> "LevelCounts":
        """Count the rows of both."""
        return LevelCounts(self.tally.merge(other.tally))

    def finish(self, resolution: Resolution, if_missing: str) -> Vocabulary:  # noqa: ARG002
        """Keep the levels that are frequent enough."""
        frequent = self.tally.take(self.tally.counts[:, 0] >= resolution.min_frequency)
        return Vocabulary(levels=tuple(frequent.texts(0).levels))
