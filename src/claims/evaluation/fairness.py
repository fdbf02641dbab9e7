"""Errors and decisions by protected group, and the gate on how far groups may lie apart."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from claims.base.errors import GateError
from claims.config.params import Fairness
from claims.data.batch import Categories
from claims.decisions.logits import Decision, Decisions, Outcome, Scores
from claims.evaluation.intervals import estimate_gap, estimate_mean, estimate_share
from claims.evaluation.metrics import rows_by_value
from claims.results.estimates import Estimate
from claims.results.fairness import FairnessProof, GroupCount, GroupRates, Groups, LargestGap, Rate

Mask = NDArray[np.bool_]


class RateMasks(NamedTuple):
    """The claims that a rate counts, and those among which it counts them: bool [n] each."""

    counted: Mask
    among: Mask


def measure_fairness(
    groups: dict[str, Categories],
    scores: Scores,
    decisions: Decisions,
    outcome: Outcome,
    min_rows: int,
) -> Groups:
    """Measure the rates of each group of each protected column, beside those of all other claims.

    Parameters
    ----------
    groups
        The group of each of n claims, by protected column.
    scores
        float64 [n], calibrated probability of approval.
    decisions
        str [n], ``ml_derived_decision``.
    outcome
        float32 [n], 1 approved and 0 rejected.
    min_rows
        A smaller group has its count alone.
    """
    rates = _rates(decisions, outcome)
    return {
        name: {
            group: _measure(rows, rates, scores) if len(rows) >= min_rows else GroupCount(rows=len(rows))
            for group, rows in sorted(rows_by_value(column).items())
        }
        for name, column in groups.items()
    }


def _rates(decisions: Decisions, outcome: Outcome) -> dict[str, RateMasks]:
    """Tell for each rate the claims that it counts, and those among which it counts them."""
    approved, review, rejected = (
        decisions == decision.value for decision in (Decision.APPROVED, Decision.REVIEW, Decision.REJECTED)
    )
    everyone, payable = np.full(len(outcome), True), outcome == 1
    return {
        "approved_share": RateMasks(payable, everyone),
        "ML_APPROVED_share": RateMasks(approved, everyone),
        "ML_REVIEW_share": RateMasks(review, everyone),
        "ML_REJECTED_share": RateMasks(rejected, everyone),
        "false_rejection": RateMasks(rejected, payable),
        "false_approval": RateMasks(approved, ~payable),
        "needless_review": RateMasks(review, payable),
    }


def _measure(rows: NDArray[np.int64], rates: dict[str, RateMasks], scores: Scores) -> GroupRates:
    inside = np.full(len(scores), False)
    inside[rows] = True
    return GroupRates(
        rows=len(rows),
        mean_score=estimate_mean(scores[rows]).rounded(),
        **{name: _compare(inside, masks) for name, masks in rates.items()},
    )


def _compare(inside: Mask, rate: RateMasks) -> Rate | None:
    """Estimate a rate inside a group, and its gap to the rate outside; None where it is of no claims."""
    size, others = int((rate.among & inside).sum()), int((rate.among & ~inside).sum())
    if not size:
        return None
    hits = rate.counted & rate.among
    share = estimate_share(int((hits & inside).sum()), size)
    gap = None
    if others:
        gap = estimate_gap(share, estimate_share(int((hits & ~inside).sum()), others)).rounded()
    return Rate(**dict(share.rounded()), of=size, gap=gap)


class _GroupGap(NamedTuple):
    """Wrong rejections of a group, and their gap to all others'."""

    group: str
    rate: Rate
    gap: Estimate

    @property
    def least(self) -> float:
        """How far apart the two rates are at least: the end of the gap's interval that is nearer to none."""
        return max(self.gap.low, -self.gap.high)


def check_gap(groups: Groups, limits: Fairness) -> FairnessProof:
    """Stop where wrong rejections of a group lie further from all others' than the limit, beyond doubt.

    Parameters
    ----------
    groups
        From `measure_fairness`, on claims that nothing is reported on.
    limits
        The largest gap that a person allows; the nearer end of a gap's interval must exceed it.

    Raises
    ------
    GateError
        Names the worst group, its rate, the others', the limit and the remedy.
    """
    gaps = _gaps(groups)
    worst = max(gaps, key=lambda gap: gap.least, default=None)
    if worst is not None and worst.least > limits.max_gap:
        raise _refusal(worst, limits.max_gap)
    widest = max(gaps, key=lambda gap: abs(gap.gap.value), default=None)
    return FairnessProof(
        limit=limits.max_gap,
        groups=len(gaps),
        not_judged=sum(map(len, groups.values())) - len(gaps),
        largest_gap=LargestGap(group=widest.group, **dict(widest.gap)) if widest else None,
    )


def _gaps(groups: Groups) -> list[_GroupGap]:
    """List the groups whose wrong rejections can be compared."""
    rates = [
        (f"{column} {group}", measured.false_rejection)
        for column, values in groups.items()
        for group, measured in values.items()
        if isinstance(measured, GroupRates)
    ]
    return [_GroupGap(group, rate, rate.gap) for group, rate in rates if rate and rate.gap]


def _refusal(worst: _GroupGap, limit: float) -> GateError:
    others = worst.rate.value - worst.gap.value
    problem = (
        f"{worst.rate.value:.1%} of its claims that should be paid are rejected, of all others' "
        f"{others:.1%}; that is at least {worst.least:.1%} apart (limit {limit:.1%})"
    )
    remedy = (
        "Find what stands for the group (metrics/fairness.json) and take it out, send more claims to review, "
        "or let a person raise fairness.max_gap."
    )
    return GateError(f"fairness: {worst.group}", problem, remedy)
