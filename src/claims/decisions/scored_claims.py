"""Scored claims whose outcome is known: what a policy is fitted and measured on."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from claims.data.batch import Numbers
from claims.decisions.logits import Decisions, Outcome, Scores
from claims.decisions.policy import DecisionPolicy
from claims.decisions.rules import send_anomalies_to_review
from claims.features.matrices import Labelled


@dataclass(frozen=True)
class ScoredClaims:
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
    anomalous
        bool [n], whether each goes to a person for its anomaly score, whatever a policy says; or False for
        all.
    """

    scores: Scores
    outcome: Outcome
    amounts: Numbers
    days: Numbers
    anomalous: NDArray[np.bool_] | np.bool_ = np.False_

    def __len__(self) -> int:
        return len(self.scores)

    @classmethod
    def of(cls, rows: Labelled, scores: Scores, anomalous: NDArray[np.bool_] | np.bool_ = np.False_) -> Self:
        """Join the claims of a split with their scores."""
        return cls(scores, rows.outcome, rows.amount, rows.day, anomalous)

    def decided_by(self, policy: DecisionPolicy) -> Decisions:
        """Decide each claim as serving does, anomalous ones to review: ``ml_derived_decision``, str [n]."""
        return send_anomalies_to_review(policy.decide(self.scores, self.amounts), self.anomalous)

    @property
    def calendar_days(self) -> int:
        """Count the days of the window from the first claim's to the last one's, both included."""
        return int(self.days.max() - self.days.min()) + 1
