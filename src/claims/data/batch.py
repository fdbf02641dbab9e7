"""Typed claims in memory: a column is one array, whatever it came from.

A number is float64 with NaN for missing: money in cents (whole numbers, exact up to 2**53), dates in days
since 1970-01-01. A text is a code into a list of distinct levels, so that what has to be done to a text is
done once a level and not once a row.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

DAY_ZERO = dt.date(1970, 1, 1)
ITEM = ";"  # between the items of a stored list, whatever separated them in the source
Numbers = NDArray[np.float64]
Ints = NDArray[np.int64]


def months_of(days: Numbers) -> Ints:
    """Turn days since 1970-01-01 into months since 1970-01; a missing day is day zero: int64 [n]."""
    return (
        np.nan_to_num(days).astype(np.int64).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    )


@dataclass(frozen=True)
class Categories:
    """Texts of one column.

    Attributes
    ----------
    codes
        int32 [n], an index into ``levels``; −1 where the value is missing.
    levels
        Distinct texts; some may be unused.
    """

    codes: NDArray[np.int32]
    levels: list[str]

    def __len__(self) -> int:
        return len(self.codes)

    def recode(self, levels: Sequence[str | None]) -> "Categories":
        """Give every level a new text (None: missing), merging levels that become equal."""
        position: dict[str, int] = {}
        new = [-1 if text is None else position.setdefault(text, len(position)) for text in levels]
        table = np.array([*new, -1], dtype=np.int32)  # the last entry serves code −1
        return Categories(table[self.codes], list(position))

    def texts(self) -> NDArray[np.object_]:
        """Return the texts, one a row, None where missing: object [n]."""
        return np.array([*self.levels, None], dtype=object)[self.codes]

    def take(self, rows: Ints) -> "Categories":
        """Take these rows."""
        return Categories(self.codes[rows], self.levels)

    def append(self, others: "Categories") -> "Categories":
        """Put other rows behind these."""
        codes = np.where(others.codes < 0, -1, others.codes + len(self.levels))
        both = Categories(np.append(self.codes, codes).astype(np.int32), [*self.levels, *others.levels])
        return both.recode(both.levels)


ColumnData = Numbers | Categories


@dataclass(frozen=True)
class Frame:
    """Columns of equal length.

    Attributes
    ----------
    unreadable
        For each column with a value that its type cannot hold: bool [n], where. Such a value counts as
        missing; validation quarantines the row and scoring refuses the claim.
    """

    size: int
    columns: Mapping[str, ColumnData]
    unreadable: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)

    def numbers(self, name: str) -> Numbers:
        """Return a numeric column: float64 [n]."""
        column = self.columns[name]
        if isinstance(column, Categories):
            raise TypeError(f"{name} holds texts")
        return column

    def categories(self, name: str) -> Categories:
        """Return a column of texts."""
        column = self.columns[name]
        if not isinstance(column, Categories):
            raise TypeError(f"{name} holds numbers")
        return column

    def take(self, rows: Ints) -> "Frame":
        """Take these rows, in this order."""
        columns = {n: c.take(rows) if isinstance(c, Categories) else c[rows] for n, c in self.columns.items()}
        return Frame(len(rows), columns, {name: mask[rows] for name, mask in self.unreadable.items()})


EMPTY = Frame(0, {})


@dataclass(frozen=True)
class Batch:
    """Claims with their service lines.

    Attributes
    ----------
    claims
        n claims.
    lines
        m lines, in the order of their claims.
    owner
        int64 [m], non-decreasing: the row of the claim that each line belongs to.
    """

    claims: Frame
    lines: Frame = EMPTY
    owner: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def __len__(self) -> int:
        return self.claims.size

    def take(self, rows: Ints) -> "Batch":
        """Take these claims with their lines, in this order."""
        starts = np.searchsorted(self.owner, rows)
        counts = np.searchsorted(self.owner, rows, side="right") - starts
        owner = np.repeat(np.arange(len(rows)), counts)
        first = np.repeat(starts - np.concatenate(([0], np.cumsum(counts)[:-1])), counts)
        return Batch(self.claims.take(rows), self.lines.take(first + np.arange(len(owner))), owner)
