"""What the encoders of categories, numbers and flags share, and how they are fitted."""

from collections.abc import Iterable
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from claims.base.strict import Strict

MISSING, UNSEEN, FIRST = 0, 1, 2  # codes: no value; never or rarely seen in training; the first level or bin


class FeatureEncoder(Strict):
    """How the values of one feature enter the model."""

    @property
    def size(self) -> int:
        """How many codes there are; none where the feature has no column of codes."""
        return 0

    def codes(self, values: Any) -> NDArray[np.int32]:  # noqa: ARG002
        """Return the code of each of n values: int32 [n]."""
        raise TypeError(f"{type(self).__name__} gives no codes")

    def number_names(self, feature: str) -> list[str]:  # noqa: ARG002
        """Name the numbers that it gives of a feature."""
        return []

    def numbers(self, values: Any) -> Iterable[NDArray[np.floating]]:  # noqa: ARG002
        """Return those numbers of n values, in [−1, 1]: [n] each."""
        return ()


class Resolution(Strict):
    """How finely features are encoded.

    Attributes
    ----------
    min_frequency
        Training rows below which a category shares the code of unseen ones.
    bins, quantiles
        Bins and quantiles of a number; fewer where it has fewer distinct values.
    """

    min_frequency: int
    bins: int
    quantiles: int


class EncoderSummary(Protocol):
    """What a part of the training rows tells of a feature's values: exact counts, merged in any order."""

    def merge(self, other: Self) -> Self:
        """Summarise the rows of both."""

    def finish(self, resolution: Resolution, if_missing: str) -> FeatureEncoder | None:
        """Fit the encoder; None for a number that no row has.

        Parameters
        ----------
        resolution
            How finely to encode.
        if_missing
            What stands in for a missing number: ``median``, ``mean`` or ``most_frequent``.
        """
