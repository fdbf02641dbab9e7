"""From a calibrated score and an amount to a decision: NumPy alone, so that serving shares it."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from claims.base.strict import Strict
from claims.data.batch import Numbers
from claims.decisions.conformal import PredictionSets
from claims.decisions.logits import Decision, Decisions, Scores

_DECISIONS = np.array([Decision.APPROVED.value, Decision.REVIEW.value, Decision.REJECTED.value])
_CENTS = 100


class Route(StrEnum):
    """The values of ``ml_route``."""

    AUTOMATIC = "automatic"
    PERSON = "person"


class DecisionCosts(Strict):
    """What decisions cost, in dollars.

    Attributes
    ----------
    review
        A person's look at one claim.
    wrong_rejection
        Rejecting a claim that had to be approved: its appeal.
    wrong_approval_share
        Approving a claim that had to be rejected: the share of its amount that is lost, in (0, 1].
    wrong_approval_without_amount
        The same where the claim's amount is unknown.
    """

    review: float = Field(gt=0)
    wrong_rejection: float = Field(gt=0)
    wrong_approval_share: float = Field(gt=0, le=1)
    wrong_approval_without_amount: float = Field(gt=0)


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
    costs
        What each decision costs.
    reviews_a_day
        Claims that people have time for on a calendar day, those of a window together; None: no limit.
    auto_reject
        Whether a claim may be rejected without a person.
    sets
        Solved on the calibration window.
    shadow_price
        Dollars that a person has to save beyond the review's own price, since the time is scarce; None
        where there is enough of it.
    """

    costs: DecisionCosts
    reviews_a_day: float | None = Field(ge=0)
    auto_reject: bool
    sets: PredictionSets
    shadow_price: float | None

    def decide(self, scores: Scores, amounts: Numbers) -> Decisions:
        """Return ``ml_derived_decision`` of each claim: str [n].

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
        rejecting = scores * self.costs.wrong_rejection if self.auto_reject else np.inf
        would_reject = rejecting < approving
        review_gain = np.minimum(approving, rejecting) - self.costs.review
        approved, rejected = self.sets.holds_approved(scores), self.sets.holds_rejected(scores)
        sure = np.where(would_reject, rejected & ~approved, approved & ~rejected)
        recommends_rejection = rejected & ~approved & (not self.auto_reject)
        return Triage(would_reject, review_gain, ~sure | (review_gain > 0), recommends_rejection)

    def at_risk(self, amounts: Numbers) -> Numbers:
        """Return the dollars that approving each claim wrongly would lose: float64 [n]."""
        shares = self.costs.wrong_approval_share * np.maximum(amounts, 0) / _CENTS
        return np.where(np.isnan(amounts), self.costs.wrong_approval_without_amount, shares)

    def reaches_person(self, decisions: Decisions) -> NDArray[np.bool_]:
        """Tell which claims a person looks at, all but those that the model may decide: bool [n]."""
        person = decisions != Decision.APPROVED.value
        return person & (decisions != Decision.REJECTED.value) if self.auto_reject else person

    def routes(self, decisions: Decisions) -> NDArray[np.str_]:
        """Return ``ml_route`` of each claim: str [n]."""
        return np.where(self.reaches_person(decisions), Route.PERSON.value, Route.AUTOMATIC.value)
