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
class Weighed:
    """What is known of n claims before reviewers' time is given out.

    Attributes
    ----------
    denies
        bool [n], whether the cheapest decision without a person is a rejection; else it is an approval.
    gain
        float64 [n], dollars that a person is expected to save against that decision.
    asks
        bool [n], whether the claim should reach a person: the prediction set does not hold exactly what
        would be decided without one, or a person is expected to be cheaper.
    recommended
        bool [n], whether a person is told to reject.
    """

    denies: NDArray[np.bool_]
    gain: NDArray[np.float64]
    asks: NDArray[np.bool_]
    recommended: NDArray[np.bool_]


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
        weighed = self.weigh(scores, amounts)
        person = weighed.asks
        if self.shadow_price is not None:
            person = person & (weighed.gain > self.shadow_price)
        rejected = np.where(person, weighed.recommended, weighed.denies)
        return _DECISIONS[2 * rejected + (person & ~rejected)]

    def weigh(self, scores: Scores, amounts: Numbers) -> Weighed:
        """What each decision is expected to cost, and which claims ask for a person."""
        approving = (1 - scores) * self.at_risk(amounts)
        rejecting = scores * self.settings.wrong_rejection if self.settings.auto_reject else np.inf
        denies = rejecting < approving
        gain = np.minimum(approving, rejecting) - self.settings.review
        approved, rejected = self.sets.holds_approved(scores), self.sets.holds_rejected(scores)
        sure = np.where(denies, rejected & ~approved, approved & ~rejected)
        recommended = rejected & ~approved & (not self.settings.auto_reject)
        return Weighed(denies, gain, ~sure | (gain > 0), recommended)

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
