"""What earlier claims tell, as tables by month that travel with the model: volumes and approval rates.

A claim reads the months before its own, and nothing after the table's as-of month, the last that training
fills: so neither a claim nor an outcome of its own month or later reaches it, and training and serving read
alike.
"""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from claims.base.strict import Strict
from claims.data.batch import Categories, Ints, Numbers, months_of
from claims.features.rows import Rows
from claims.features.tally import Tally


class MonthlyTable(Strict):
    """Counts by category and month; the entries stand in columns, which pack well.

    Attributes
    ----------
    months
        How many months before its own a claim looks back.
    first, as_of
        Months since 1970-01: that of the first training claim, and the last that training claims fill.
    categories
        Sorted texts; an identifier stands here as its pseudonym.
    sizes
        Entries of each category: the months in which it has a count.
    offsets, counts
        Of each entry: its month since ``first``, ascending within a category, and how many.
    """

    months: int
    first: int
    as_of: int
    categories: tuple[str, ...]
    sizes: tuple[int, ...]
    offsets: tuple[int, ...]
    counts: tuple[int, ...]

    @property
    def as_of_text(self) -> str:
        """The as-of month as ``YYYY-MM``."""
        return dt.date(1970 + self.as_of // 12, self.as_of % 12 + 1, 1).strftime("%Y-%m")

    def values(self, categories: Categories, days: Numbers) -> Numbers:  # noqa: ARG002
        """Return the feature of claims of these categories that came on these days: float64 [n]."""
        raise TypeError(f"{type(self).__name__} does not say what it yields")

    def knows(self, categories: Categories) -> NDArray[np.bool_]:
        """Say whether the table has any count of each claim's category: bool [n]."""
        return self._places(categories) >= 0

    def _window(self, days: Numbers) -> tuple[Ints, Ints]:
        """Return the first month that each claim reads and the one after the last: int64 [n] each."""
        end = np.clip(months_of(days), self.first, self.as_of + 1) - self.first
        return np.maximum(end - self.months, 0), end

    def _places(self, categories: Categories) -> Ints:
        """Find the index of each claim's category: int64 [n], −1 for one never seen."""
        places = self._index
        known = [places.get(level, -1) for level in categories.levels]
        return np.array([*known, places.get("", -1)], dtype=np.int64)[categories.codes]

    def _entries(self, categories: Categories, start: Ints, end: Ints) -> tuple[Ints, Ints]:
        """Find each claim's entries from month ``start`` to before ``end``: positions, int64 [n] each."""
        base = self._places(categories) * self._span  # below every entry for a category never seen
        return np.searchsorted(self._keys, base + start), np.searchsorted(self._keys, base + end)

    @property
    def _span(self) -> int:
        return self.as_of - self.first + 1

    @cached_property
    def _index(self) -> dict[str, int]:
        return {category: place for place, category in enumerate(self.categories)}

    @cached_property
    def _keys(self) -> Ints:
        """What sorts the entries: category × months + month; int64 [entries]."""
        places = np.repeat(np.arange(len(self.categories)), self.sizes)
        return places * self._span + np.array(self.offsets, dtype=np.int64)

    @cached_property
    def _counted(self) -> Ints:
        return running(self.counts)


def running(counts: ArrayLike) -> Ints:
    """Sum the counts before each position, so that the sum of any window is exact: int64 [n + 1]."""
    return np.append(0, np.cumsum(np.asarray(counts, dtype=np.int64)))


@dataclass(frozen=True)
class MonthCounts:
    """What happened to claims of each category, month by month.

    Attributes
    ----------
    tally
        Counts by category and month since 1970-01.
    first_day, last_day
        Days since 1970-01-01 on which the first and the last of all claims came; infinite without any.
    """

    tally: Tally
    first_day: float
    last_day: float

    @classmethod
    def of(
        cls, rows: Rows, categories: Categories, days: Numbers, counts: Ints | None = None
    ) -> "MonthCounts":
        """Count n claims by category and the month of ``days``; those without a day count nowhere."""
        dated = np.flatnonzero(~np.isnan(days))
        keys = (categories.take(dated), months_of(days[dated]))
        tally = Tally.of(keys, None if counts is None else counts[dated])
        return cls(tally, rows.days.min(initial=np.inf), rows.days.max(initial=-np.inf))

    def merge(self, other: "MonthCounts") -> "MonthCounts":
        """Count the claims of both."""
        first, last = min(self.first_day, other.first_day), max(self.last_day, other.last_day)
        return MonthCounts(self.tally.merge(other.tally), first, last)

    def columns(self) -> tuple[dict[str, Any], Ints]:
        """Make the fields of a `MonthlyTable`, and the counts of each entry: int64 [entries, k]."""
        if self.first_day > self.last_day:
            first, as_of = 0, -1
        else:  # no month that is cut off
            first, after = months_of(np.array([self.first_day, self.last_day + 1])).tolist()
            as_of = after - 1
        entries = self.tally.take(self.tally.values(1) <= as_of)
        categories = entries.over(0).texts(0)
        columns = {
            "first": first,
            "as_of": as_of,
            "categories": tuple(categories.levels),
            "sizes": tuple(np.bincount(entries.texts(0).codes, minlength=len(categories)).tolist()),
            "offsets": tuple((entries.values(1) - first).tolist()),
            "counts": tuple(entries.counts[:, 0].tolist()),
        }
        return columns, entries.counts
