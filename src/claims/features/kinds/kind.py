"""What every feature kind is: made of a declaration, it computes the feature of n claims at once.

The vectorised form is the definition. A kind that learns from training claims does so in the same module,
and what it learned travels inside the model file as JSON. A form for one claim, where speed asks for it, is
one more method here: made of the same declaration and the same learned object, and equal to the vectorised
form bit for bit.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Generic, Protocol, Self, TypeVar

from claims.base.strict import Strict
from claims.contract.feature import Feature
from claims.features.rows import Rows, TrainingRows, Value

Declared = TypeVar("Declared", bound=Feature)
Learned = TypeVar("Learned", bound=Strict | None)


class Summary(Protocol):
    """What a part of the training claims adds to a fit: exact counts, merged in any order."""

    def merge(self, other: Self) -> Self:
        """Summarise the claims of both."""


Counted = TypeVar("Counted", bound=Summary)


@dataclass(frozen=True)
class Lesson(Generic[Counted, Learned]):
    """The summary of all training claims, and what travels with the model."""

    summary: Counted
    learned: Learned


class Kind(ABC, Generic[Declared, Learned]):
    """One declared feature.

    Parameters
    ----------
    feature
        Its declaration in the contract.
    """

    learns = False

    def __init__(self, feature: Declared) -> None:
        self.feature = feature

    @abstractmethod
    def transform(self, learned: Learned, rows: Rows) -> Value:
        """Compute the feature of n claims, each independent of the others.

        Parameters
        ----------
        learned
            What training rows taught; None for a kind that does not learn.
        rows
            The claims, with the columns and the features before this one.

        Returns
        -------
        float64 [n] with NaN for missing, categories or flags.
        """


class DerivedKind(Kind[Declared, None]):
    """A kind that learns nothing."""

    def transform(self, learned: None, rows: Rows) -> Value:  # noqa: D102, ARG002
        return self.derive(rows)

    @abstractmethod
    def derive(self, rows: Rows) -> Value:
        """Compute the feature of n claims, each independent of the others."""


class LearnedKind(Kind[Declared, Learned], Generic[Declared, Counted, Learned]):
    """A kind that learns from training claims: parts are summarised, summaries merged, and the fit finished.

    Any partition of the training claims, in any order, gives the same fit and the same values.
    """

    learns = True

    @abstractmethod
    def summarise(self, rows: TrainingRows) -> Counted:
        """Count what a part of the training claims tells."""

    @abstractmethod
    def finish(self, summary: Counted) -> Learned:
        """Make what travels with the model of the summary of all training claims."""

    def training_values(self, lesson: Lesson[Counted, Learned], rows: TrainingRows) -> Value:
        """Compute the feature of a part of the training claims, in which no claim may count itself."""
        return self.transform(lesson.learned, rows)
