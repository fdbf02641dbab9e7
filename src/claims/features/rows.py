"""n claims as a feature kind reads them: typed columns, the features before it, and service lines."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from claims.contract import Contract
from claims.data.batch import Batch, Categories, Ints, Numbers
from claims.features.folds import Draws, draw
from claims.features.texts import cross


@dataclass(frozen=True)
class Flags:
    """Presence of named items.

    Attributes
    ----------
    names
        k items.
    marks
        float32 [n, k], 0 or 1.
    """

    names: tuple[str, ...]
    marks: NDArray[np.float32]


Value = Numbers | Categories | Flags
Values = Mapping[str, Value]


def as_numbers(value: Value, name: str) -> Numbers:
    """Return a value that has to be numeric: float64 [n]."""
    if isinstance(value, np.ndarray):
        return value
    raise TypeError(f"{name} holds {'texts' if isinstance(value, Categories) else 'flags'}")


def as_categories(value: Value, name: str) -> Categories:
    """Return a value that has to be of texts."""
    if isinstance(value, Categories):
        return value
    raise TypeError(f"{name} holds {'flags' if isinstance(value, Flags) else 'numbers'}")


@dataclass(frozen=True)
class Rows:
    """n claims.

    Attributes
    ----------
    batch
        The claims with their service lines.
    values
        Their columns, and the features that were computed before.
    event_time
        The column that dates a claim.
    """

    batch: Batch
    values: Values
    event_time: str

    def __len__(self) -> int:
        return len(self.batch)

    def numbers(self, name: str) -> Numbers:
        """Return a numeric column or feature: float64 [n]."""
        return as_numbers(self.values[name], name)

    def categories(self, name: str) -> Categories:
        """Return a column or feature of texts."""
        return as_categories(self.values[name], name)

    def cross(self, names: Iterable[str]) -> Categories:
        """Combine columns or features of texts; a missing part counts as a value of its own."""
        return cross([self.categories(name) for name in names])

    @property
    def days(self) -> Numbers:
        """When each claim was received, in days since 1970-01-01: float64 [n]."""
        return self.numbers(self.event_time)


@dataclass(frozen=True)
class TrainingRows(Rows):
    """n decided claims to learn from.

    Attributes
    ----------
    approved
        int64 [n], 1 approved and 0 rejected.
    known
        float64 [n], days since 1970-01-01 on which each outcome became known; NaN where nobody says.
    draws
        uint64 [n], what each claim's identifier drew (`claims.features.folds.draw`).
    """

    approved: Ints
    known: Numbers
    draws: Draws

    @classmethod
    def of(
        cls, contract: Contract, batch: Batch, values: Values, outcome: Numbers, seed: int = 0
    ) -> "TrainingRows":
        """Join claims with what the contract says of their outcomes.

        Parameters
        ----------
        outcome
            float64 [n], 1 approved and 0 rejected.
        seed
            Draws folds.
        """
        event_time, said = contract.claims.event_time, contract.outcome
        came = as_numbers(values[event_time], event_time)
        wait = np.nan if said.mature_after_days is None else said.mature_after_days
        known = as_numbers(values[said.known_at], said.known_at) if said.known_at else came + wait
        known = np.maximum(came, known)  # no outcome is known before its claim
        draws = draw(batch.claims.categories(contract.claims.identifier), seed)
        return cls(batch, values, event_time, outcome.astype(np.int64), known, draws)

    def folds(self, number: int) -> Ints:
        """Return the fold of each claim among that many: int64 [n]."""
        return (self.draws % np.uint64(number)).astype(np.int64)
