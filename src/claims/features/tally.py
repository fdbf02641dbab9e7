"""Integer counts by key: exact, and the same whatever rows were counted first, or where."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from claims.data.batch import Categories, Ints
from claims.features.texts import alphabetical

Key = Categories | NDArray[np.int64] | NDArray[np.float64]


@dataclass(frozen=True)
class Tally:
    """Counts of m distinct keys, in ascending order.

    Attributes
    ----------
    keys
        Columns that make a key: texts (missing comes first), integers, or numbers (NaN comes last).
    counts
        int64 [m, k], k counts of each key.
    """

    keys: tuple[Key, ...]
    counts: Ints

    @classmethod
    def of(cls, keys: Sequence[Key], counts: Ints | None = None) -> "Tally":
        """Count rows by key.

        Parameters
        ----------
        keys
            Columns of n rows.
        counts
            int64 [n, k], what each row adds; 1 where it is not given.
        """
        keys = tuple(_ascending(key) for key in keys)
        counts = np.ones((len(keys[0]), 1), dtype=np.int64) if counts is None else counts
        entry = np.zeros(len(keys[0]), dtype=np.int64)
        for key in keys:
            ranks = _ranks(key)
            entry = np.unique(entry * (ranks.max(initial=0) + 1) + ranks, return_inverse=True)[1]
        _, first = np.unique(entry, return_index=True)
        sums = np.zeros((len(first), counts.shape[1]), dtype=np.int64)
        np.add.at(sums, entry, counts)
        return cls(tuple(_ascending(_take(key, first)) for key in keys), sums)

    def __len__(self) -> int:
        return len(self.counts)

    def merge(self, other: "Tally") -> "Tally":
        """Count the rows of both."""
        keys = [_append(first, second) for first, second in zip(self.keys, other.keys, strict=True)]
        return Tally.of(keys, np.concatenate((self.counts, other.counts)))

    def take(self, entries: NDArray[np.bool_]) -> "Tally":
        """Keep only these keys."""
        rows = np.flatnonzero(entries)
        return Tally(tuple(_ascending(_take(key, rows)) for key in self.keys), self.counts[rows])

    def over(self, *columns: int) -> "Tally":
        """Count by these columns of the key alone."""
        return Tally.of([self.keys[column] for column in columns], self.counts)

    def texts(self, column: int) -> Categories:
        """Return a column of the key that holds texts."""
        key = self.keys[column]
        assert isinstance(key, Categories)
        return key

    def values(self, column: int) -> NDArray:
        """Return a column of the key that holds integers or numbers."""
        key = self.keys[column]
        assert isinstance(key, np.ndarray)
        return key


def _ascending(key: Key) -> Key:
    """Number texts by their rank among those that occur."""
    if not isinstance(key, Categories):
        return key
    present, codes = np.unique(key.codes, return_inverse=True)
    first = int(present[0] < 0) if len(present) else 0
    levels = [key.levels[code] for code in present[first:].tolist()]
    return alphabetical(Categories((codes - first).astype(np.int32), levels))


def _ranks(key: Key) -> Ints:
    """Rank each row's value, from 0: int64 [n]."""
    if isinstance(key, Categories):
        return key.codes.astype(np.int64) + 1
    return np.unique(key, return_inverse=True)[1].astype(np.int64)


def _take(key: Key, rows: Ints) -> Key:
    return key.take(rows) if isinstance(key, Categories) else key[rows]


def _append(first: Key, second: Key) -> Key:
    if isinstance(first, Categories) and isinstance(second, Categories):
        return first.append(second)
    assert isinstance(first, np.ndarray)
    assert isinstance(second, np.ndarray)
    joined: NDArray = np.concatenate((first, second))
    return joined
