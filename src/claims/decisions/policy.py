"""From a calibrated score and an amount to a decision: NumPy alone, so that serving shares it."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from claims.base.strict import Strict
from claims.config.params import Policy
from claims.data.batch import Numbers
from claims.decisions.conformal import PredictionSets
from claims.decisions.logits import Decision, Decisions, Scores

_DECISIONS = np.array([Decision.APPROVED.value, Decision.REVIEW.value, Decision.REJECTED.value])
_CENTS = 100


class Route(StrEnum):
    """What ``ml_route`` can say."""

    AUTOMATIC = "automatic"
    PERSON = "person"


@dataclass(frozen=True)
class Triage:
    """What each of n claims would come to, before reviewers' time is given out.

    Attributes
    ----------
    would_reject
        bool [n], whether the cheapest decision without a person is a rejection; else it is an approval.
    review_gain
        float64 [n], dollars that a person is expected to save against that decision.
    needs_review
        bool [n], whether the claim should reach a person: the prediction set does not hold exactly what
        would be decided without one, or a person is expected to be cheaper.
    recommends_rejection
        bool [n], whether a person is told to reject.
    """

    would_reject: NDArray[np.bool_]
    review_gain: NDArray[np.float64]
    needs_review: NDArray[np.bool_]
    recommends_rejection: NDArray[np.bool_]


class DecisionPolicy(Strict):
    """Costs, prediction sets and the price of a reviewer's time: all that a decision needs.

    Attributes
    ----------
    settings
        The costs, and whether a claim may be rejected without a person.
    sets
        Solved on the calibration window.
    shadow_price
        Dollars that a person has to save beyond the review's own price, since the time is scarce; None
        where there is enough of it.
    """

    settings: Policy
    sets: PredictionSets
    shadow_price: float | None

    def decide(self, scores: Scores, amounts: Numbers) -> Decisions:
        """``ml_derived_decision`` of each claim: str [n].

        Parameters
        ----------
        scores
            float64 [n], calibrated probability of approval.
        amounts
            float64 [n], cents; NaN where unknown.
        """
        triage = self.triage(scores, amounts)
        person = triage.needs_review
        if self.shadow_price is not None:
            person = person & (triage.review_gain > self.shadow_price)
        rejected = np.where(person, triage.recommends_rejection, triage.would_reject)
        return _DECISIONS[2 * rejected + (person & ~rejected)]

    def triage(self, scores: Scores, amounts: Numbers) -> Triage:
        """Weigh what each decision is expected to cost, and tell which claims need a person."""
        approving = (1 - scores) * self.at_risk(amounts)
        rejecting = scores * self.settings.wrong_rejection if self.settings.auto_reject else np.inf
        would_reject = rejecting < approving
        review_gain = np.minimum(approving, rejecting) - self.settings.review
        approved, rejected = self.sets.holds_approved(scores), self.sets.holds_rejected(scores)
        sure = np.where(would_reject, rejected & ~approved, approved & ~rejected)
        recommends_rejection = rejected & ~approved & (not self.settings.auto_reject)
        return Triage(would_reject, review_gain, ~sure | (review_gain > 0), recommends_rejection)

    def at_risk(self, amounts: Numbers) -> Numbers:
        """Dollars that approving each claim wrongly would lose: float64 [n]."""
        shares = self.settings.wrong_approval_share * np.maximum(amounts, 0) / _CENTS
        return np.where(np.isnan(amounts), self.settings.wrong_approval, shares)

    def reaches_person(self, decisions: Decisions) -> NDArray[np.bool_]:
        """Whether a person looks at each claim: bool [n]; at all but those that the model may decide."""
        person = decisions != Decision.APPROVED.value
        return person & (decisions != Decision.REJECTED.value) if self.settings.auto_reject else person

    def routes(self, decisions: Decisions) -> NDArray[np.str_]:
        """``ml_route`` of each claim: str [n]."""
        return np.where(self.reaches_person(decisions), Route.PERSON.value, Route.AUTOMATIC.value)
