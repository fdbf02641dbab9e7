"""Fitting the decision policy on the calibration window, which nothing was trained on."""

from claims.config.params import Policy
from claims.decisions.capacity import within_capacity
from claims.decisions.conformal import fit_sets
from claims.decisions.policy import DecisionCosts, DecisionPolicy
from claims.decisions.scored_claims import ScoredClaims


def fit_policy(claims: ScoredClaims, settings: Policy) -> DecisionPolicy:
    """Solve prediction sets and the price of a reviewer's time.

    Parameters
    ----------
    claims
        The calibration window.
    settings
        Costs, nominal coverage and capacity.
    """
    policy = DecisionPolicy(
        costs=costs_of(settings),
        reviews_a_day=settings.reviews_a_day,
        auto_reject=settings.auto_reject,
        sets=fit_sets(claims.scores, claims.outcome, settings.coverage),
        shadow_price=None,
    )
    return within_capacity(policy, claims)


def costs_of(settings: Policy) -> DecisionCosts:
    """Take the costs out of the section ``policy`` of params.yaml."""
    return DecisionCosts(
        review=settings.review,
        wrong_rejection=settings.wrong_rejection,
        wrong_approval_share=settings.wrong_approval_share,
        wrong_approval_without_amount=settings.wrong_approval,
    )
