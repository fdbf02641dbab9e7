"""The encoder of each type of value."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from claims.data.batch import Categories
from claims.features.encoders.encoder import EncoderSummary
from claims.features.encoders.presence import FlagNames, Presence
from claims.features.encoders.scale import Scale, ValueCounts
from claims.features.encoders.vocabulary import LevelCounts, Vocabulary
from claims.features.rows import Flags, Value

Encoder = Vocabulary | Scale | Presence
"""What a model file may hold; ``kind`` tells them apart."""

_SUMMARIES: Mapping[type, Callable[[Any], EncoderSummary]] = {
    Categories: LevelCounts.of,
    np.ndarray: ValueCounts.of,
    Flags: FlagNames.of,
}


def summarise(values: Value) -> EncoderSummary:
    """Summarise the values of a part of the training rows, for the encoder of their type."""
    return _SUMMARIES[type(values)](values)
