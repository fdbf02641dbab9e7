"""What every feature kind is: made of a declaration, it computes the feature of n claims at once.

The vectorised form is the definition. A kind that learns from training claims does so in the same module,
and what it learned travels inside the model file as JSON. A form for one claim, where speed asks for it, is
one more method here: made of the same declaration and the same learned object, and equal to the vectorised
form bit for bit.
"""

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

from claims.base.strict import Strict
from claims.contract.feature import Feature
from claims.features.rows import Rows, TrainingRows, Value

Declared = TypeVar("Declared", bound=Feature)
Learned = TypeVar("Learned", bound=Strict | None)


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


class LearnedKind(Kind[Declared, Learned]):
    """A kind that learns from training claims."""

    learns = True

    @abstractmethod
    def fit(self, rows: TrainingRows) -> tuple[Learned, Value]:
        """Learn from training claims.

        Returns
        -------
        What travels with the model, and the training claims' own values, in which no claim counts itself.
        """
