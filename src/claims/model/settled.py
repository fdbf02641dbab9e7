"""Scored claims whose outcome is known: what a policy is fitted and measured on."""

from dataclasses import dataclass
from typing import Self

from claims.columns.batch import Numbers
from claims.features.matrices import Labelled
from claims.model.logits import Outcome, Scores


@dataclass(frozen=True)
class Settled:
    """n claims of one window.

    Attributes
    ----------
    scores
        float64 [n], calibrated probability of approval.
    outcome
        float32 [n], 1 approved and 0 rejected.
    amounts
        float64 [n], cents; NaN where unknown.
    days
        float64 [n], event times in days since 1970-01-01.
    """

    scores: Scores
    outcome: Outcome
    amounts: Numbers
    days: Numbers

    def __len__(self) -> int:
        return len(self.scores)

    @classmethod
    def of(cls, rows: Labelled, scores: Scores) -> Self:
        """The claims of a split with their scores."""
        return cls(scores, rows.outcome, rows.amount, rows.day)

    @property
    def calendar_days(self) -> int:
        """Days of the window, from the first claim's to the last one's."""
        return int(self.days.max() - self.days.min()) + 1
