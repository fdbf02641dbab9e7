"""Which of several claims with one identifier stays, wherever they lie."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from claims.contract import Contract
from claims.data.batch import Categories, Ints, Numbers
from claims.data.checksum import Hashes, row_hashes
from claims.data.storage import from_arrow


@dataclass(frozen=True)
class FirstClaims:
    """The claim of each identifier that stays: the earliest; of several the one whose row hash is least.

    Of claims that are equal in all they say, the first of the first part stays.

    Attributes
    ----------
    identifiers
        m of them, each once, none missing.
    days
        float64 [m], when the claim was received, in days since 1970-01-01.
    hashes
        uint64 [m], of all that the claim says.
    parts
        int64 [m], the number of the part in which it lies.
    """

    identifiers: Categories
    days: Numbers
    hashes: Hashes
    parts: Ints

    @classmethod
    def of(cls, contract: Contract, claims: pa.Table, part: int = 0) -> "FirstClaims":
        """Find the first claims of a part of the extracted table, numbered ``part``."""
        return cls._listed(contract, claims, part)._first()

    @classmethod
    def _listed(cls, contract: Contract, claims: pa.Table, part: int) -> "FirstClaims":
        frame = from_arrow(contract.kept, claims)
        identifiers = frame.categories(contract.claims.identifier)
        days = frame.numbers(contract.claims.event_time)
        return cls(identifiers, days, row_hashes(frame), np.full(len(days), part, dtype=np.int64))

    def merge(self, other: "FirstClaims") -> "FirstClaims":
        """Find the first claims of both."""
        both = FirstClaims(
            self.identifiers.append(other.identifiers),
            np.append(self.days, other.days),
            np.append(self.hashes, other.hashes),
            np.append(self.parts, other.parts),
        )
        return both._first()

    def repeated(self, contract: Contract, claims: pa.Table, part: int = 0) -> NDArray[np.bool_]:
        """Say which claims of a part repeat an identifier of a claim that stays: bool [n]."""
        asked = self._listed(contract, claims, part)
        if not len(self.days):
            return np.zeros(len(asked.days), dtype=bool)
        place = {text: row for row, text in enumerate(self.identifiers.texts())}
        rows = np.array([*(place.get(text, -1) for text in asked.identifiers.levels), -1])[
            asked.identifiers.codes
        ]
        repeated = rows >= 0
        as_first = repeated & (self.parts[rows] == part)
        as_first &= (asked.days == self.days[rows]) & (asked.hashes == self.hashes[rows])
        candidates = np.flatnonzero(as_first)
        _, first = np.unique(rows[candidates], return_index=True)
        repeated[candidates[first]] = False
        return repeated

    def _first(self) -> "FirstClaims":
        order = np.lexsort((self.parts, self.hashes, self.days, self.identifiers.codes))
        codes = self.identifiers.codes[order]
        rows = order[np.diff(codes, prepend=-1) > 0]  # none where the identifier is missing
        return FirstClaims(self.identifiers.take(rows), self.days[rows], self.hashes[rows], self.parts[rows])
