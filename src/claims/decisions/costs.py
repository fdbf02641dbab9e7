"""What decisions cost in dollars and in reviewers' time, as it turned out and as it was expected."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claims.data.batch import Numbers
from claims.decisions.capacity import refit_policy, within_capacity
from claims.decisions.logits import Decision, Decisions
from claims.decisions.policy import DecisionPolicy
from claims.decisions.scored_claims import ScoredClaims
from claims.results.decisions import DecisionMetrics, OutcomeCounts, PolicyCosts, ToPerson, WindowWorkload

_DECISIONS = (Decision.APPROVED, Decision.REVIEW, Decision.REJECTED)
_HOLD_NOTHING = {"approved_from": 2.0, "rejected_to": -1.0}


def realised_costs(policy: DecisionPolicy, decisions: Decisions, claims: ScoredClaims) -> Numbers:
    """Return the dollars that each decision cost: float64 [n].

    A claim that reaches a person costs its review and is decided rightly. Of the others, a wrong approval
    loses what was at risk, and a wrong rejection costs an appeal.
    """
    wrongly_approved = (decisions == Decision.APPROVED) & (claims.outcome == 0)
    wrongly_rejected = (decisions == Decision.REJECTED) & (claims.outcome == 1)
    alone = wrongly_approved * policy.at_risk(claims.amounts)
    alone += wrongly_rejected * policy.costs.wrong_rejection
    return np.where(policy.reaches_person(decisions), policy.costs.review, alone)


def expected_costs(policy: DecisionPolicy, decisions: Decisions, claims: ScoredClaims) -> Numbers:
    """Return the dollars that each decision costs if scores are probabilities: float64 [n]."""
    approving = (1 - claims.scores) * policy.at_risk(claims.amounts)
    rejecting = claims.scores * policy.costs.wrong_rejection
    alone = np.where(decisions == Decision.APPROVED, approving, rejecting)
    return np.where(policy.reaches_person(decisions), policy.costs.review, alone)


def measure_decisions(policy: DecisionPolicy, claims: ScoredClaims) -> DecisionMetrics:
    """Measure the shares of the three decisions, how they met the outcomes, and what they cost."""
    decisions = claims.decided_by(policy)
    person = policy.reaches_person(decisions)
    costs = realised_costs(policy, decisions, claims)
    counts = {
        decision.value: OutcomeCounts(
            approved=int(((decisions == decision) & (claims.outcome == 1)).sum()),
            rejected=int(((decisions == decision) & (claims.outcome == 0)).sum()),
        )
        for decision in _DECISIONS
    }
    return DecisionMetrics(
        shares={name: (row.approved + row.rejected) / len(claims) for name, row in counts.items()},
        outcomes=counts,
        to_a_person=ToPerson(
            share=_mean(person),
            approved=_mean_or_none(person[claims.outcome == 1]),
            rejected=_mean_or_none(person[claims.outcome == 0]),
        ),
        cost=float(costs.sum()),
        cost_per_claim=_mean(costs),
        expected_cost_per_claim=_mean(expected_costs(policy, decisions, claims)),
    )


def compare_policies(policy: DecisionPolicy, calibration: ScoredClaims, test: ScoredClaims) -> PolicyCosts:
    """Measure what simpler policies cost a claim on test, solved on the calibration window where need be.

    ``one_amount`` is the same policy for people who do not look at the amount: it takes that of every claim
    for the mean, which makes its thresholds the same for all claims. ``without_band`` sends claims to a
    person for money alone.
    """
    return PolicyCosts(
        review_all=_mean(realised_costs(policy, np.full(len(test), Decision.REVIEW.value), test)),
        approve_all=_mean(realised_costs(policy, np.full(len(test), Decision.APPROVED.value), test)),
        reject_all=_mean((test.outcome == 1) * policy.costs.wrong_rejection),
        one_amount=_mean(_cost_of_one_amount(policy, calibration, test)),
        without_band=_mean(_cost_without_band(policy, calibration, test)),
    )


def _cost_of_one_amount(policy: DecisionPolicy, calibration: ScoredClaims, test: ScoredClaims) -> Numbers:
    known = calibration.amounts[~np.isnan(calibration.amounts)]
    amount = float(known.mean()) if len(known) else np.nan
    blind = refit_policy(policy, replace(calibration, amounts=np.full(len(calibration), amount)))
    decisions = replace(test, amounts=np.full(len(test), amount)).decided_by(blind)
    return realised_costs(policy, decisions, test)


def _cost_without_band(policy: DecisionPolicy, calibration: ScoredClaims, test: ScoredClaims) -> Numbers:
    """Review claims wherever that is expected to save money and there is time, whatever their sets hold."""
    open_sets = policy.model_copy(update={"sets": policy.sets.model_copy(update=_HOLD_NOTHING)})
    limited = within_capacity(open_sets, calibration)
    frugal = limited.model_copy(update={"shadow_price": max(limited.shadow_price or 0.0, 0.0)})
    return realised_costs(policy, test.decided_by(frugal), test)


def measure_workload(policy: DecisionPolicy, claims: ScoredClaims) -> WindowWorkload:
    """Count the claims that reach a person each calendar day of a window, and hold them against capacity."""
    person = policy.reaches_person(claims.decided_by(policy))
    day = (claims.days - claims.days.min()).astype(np.int64)
    daily = np.bincount(day[person], minlength=claims.calendar_days)
    capacity = policy.reviews_a_day
    return WindowWorkload(
        days=len(daily),
        mean=_mean(daily),
        p95=float(np.quantile(daily, 0.95)),
        days_over_capacity=None if capacity is None else _mean(daily > capacity),
    )


def _mean(values: NDArray[Any]) -> float:
    return float(values.mean())


def _mean_or_none(values: NDArray[Any]) -> float | None:
    return _mean(values) if len(values) else None
