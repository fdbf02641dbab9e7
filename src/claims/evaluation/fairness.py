"""Errors and decisions by protected group, and the gate on how far groups may lie apart."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from claims.base.errors import GateError
from claims.config.params import Fairness
from claims.data.batch import Categories
from claims.decisions.logits import Decision, Decisions, Outcome, Scores
from claims.evaluation.intervals import estimate_gap, estimate_mean, estimate_share
from claims.evaluation.metrics import rows_by_value

GATED = "false_rejection"
Mask = NDArray[np.bool_]


def measure_fairness(
    groups: dict[str, Categories],
    scores: Scores,
    decisions: Decisions,
    outcome: Outcome,
    min_rows: int,
) -> dict[str, dict[str, Any]]:
    """Rates of each group of each protected column, beside those of all other claims.

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

    Returns
    -------
    By column and group: ``rows``, ``mean_score``, and of each rate its value and 95 % interval, the claims
    it is ``of``, and its ``gap`` to all other claims. A rate of no claims is left out.
    """
    rates = _rates(decisions, outcome)
    return {
        name: {
            group: _describe(rows, rates, scores) if len(rows) >= min_rows else {"rows": len(rows)}
            for group, rows in sorted(rows_by_value(column).items())
        }
        for name, column in groups.items()
    }


def _rates(decisions: Decisions, outcome: Outcome) -> dict[str, tuple[Mask, Mask]]:
    """Each rate as two masks [n]: the claims that it counts, and those among which it counts them."""
    approved, review, rejected = (
        decisions == one.value for one in (Decision.APPROVED, Decision.REVIEW, Decision.REJECTED)
    )
    everyone, payable = np.full(len(outcome), True), outcome == 1
    return {
        "approved_share": (payable, everyone),
        f"{Decision.APPROVED.value}_share": (approved, everyone),
        f"{Decision.REVIEW.value}_share": (review, everyone),
        f"{Decision.REJECTED.value}_share": (rejected, everyone),
        GATED: (rejected, payable),
        "false_approval": (approved, ~payable),
        "needless_review": (review, payable),
    }


def _describe(rows: NDArray[np.int64], rates: dict[str, tuple[Mask, Mask]], scores: Scores) -> dict[str, Any]:
    inside = np.full(len(scores), False)
    inside[rows] = True
    found = {name: _compare(inside, *masks) for name, masks in rates.items()}
    return {
        "rows": len(rows),
        "mean_score": estimate_mean(scores[rows]).rounded(),
        **{name: rate for name, rate in found.items() if rate},
    }


def _compare(inside: Mask, counted: Mask, among: Mask) -> dict[str, Any]:
    """A rate inside a group, and its gap to the rate outside."""
    size, others = int((among & inside).sum()), int((among & ~inside).sum())
    if not size:
        return {}
    rate = estimate_share(int((counted & among & inside).sum()), size)
    found: dict[str, Any] = {**rate.rounded(), "of": size}
    if others:
        rest = estimate_share(int((counted & among & ~inside).sum()), others)
        found["gap"] = estimate_gap(rate, rest).rounded()
    return found


def check_gap(found: dict[str, dict[str, Any]], limits: Fairness) -> dict[str, Any]:
    """Stop where wrong rejections of a group lie further from all others' than the limit, beyond doubt.

    Parameters
    ----------
    found
        What `measure_fairness` found, on claims that nothing is reported on.
    limits
        The largest gap that a person allows; the nearer end of a gap's interval must exceed it.

    Returns
    -------
    The proof: the limit, how many groups were judged, how many could not be, and the largest gap.

    Raises
    ------
    GateError
        Names the worst group, its rate, the others', the limit and the remedy.
    """
    judged = [
        (f"{column} {group}", rates[GATED])
        for column, groups in found.items()
        for group, rates in groups.items()
        if "gap" in rates.get(GATED, {})
    ]
    if judged:
        worst, rate = max(judged, key=lambda one: _least_gap(one[1]))
        if _least_gap(rate) > limits.max_gap:
            raise _refusal(worst, rate, limits.max_gap)
    groups = sum(len(groups) for groups in found.values())
    proof: dict[str, Any] = {
        "limit": limits.max_gap,
        "groups": len(judged),
        "not_judged": groups - len(judged),
    }
    if judged:
        name, rate = max(judged, key=lambda one: abs(one[1]["gap"]["value"]))
        proof["largest_gap"] = {"group": name, **rate["gap"]}
    return proof


def _least_gap(rate: dict[str, Any]) -> float:
    """How far apart two rates are at least: the end of the gap's interval that is nearer to none."""
    return max(rate["gap"]["low"], -rate["gap"]["high"])


def _refusal(group: str, rate: dict[str, Any], limit: float) -> GateError:
    others = rate["value"] - rate["gap"]["value"]
    found = (
        f"{rate['value']:.1%} of its claims that should be paid are rejected, of all others' {others:.1%}; "
        f"that is at least {_least_gap(rate):.1%} apart (limit {limit:.1%})"
    )
    remedy = (
        "Find what stands for the group (metrics/fairness.json) and take it out, send more claims to review, "
        "or let a person raise fairness.max_gap."
    )
    return GateError(f"fairness: {group}", found, remedy)
