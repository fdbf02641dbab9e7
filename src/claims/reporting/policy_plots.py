"""Pictures of a policy on a test window: coverage by slice, and cost against reviewers' time."""

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes

from claims.base.drawing import BLUE, GREY, ORANGE, STYLE, save_picture
from claims.decisions.capacity import within_capacity
from claims.decisions.policy import DecisionPolicy
from claims.decisions.regret import realised_cost
from claims.decisions.scored_claims import ScoredClaims

_CAPACITIES = 31


def draw_policy(
    folder: Path,
    policy: DecisionPolicy,
    windows: dict[str, ScoredClaims],
    slices: dict[str, dict[str, dict[str, Any]]],
) -> None:
    """Draw every picture.

    Parameters
    ----------
    folder
        Where to; it exists.
    policy
        Solved on the calibration window.
    windows
        The claims of ``calibration`` and of ``test``.
    slices
        From `claims.evaluation.slices.measure_slices`.
    """
    rows = _covered_slices(slices)
    with mpl.rc_context(STYLE | {"figure.figsize": (5, 1.5 + 0.2 * len(rows))}):
        save_picture(folder / "coverage.png", lambda axes: _coverage(axes, rows, policy.sets.coverage))
    with mpl.rc_context(STYLE):
        save_picture(folder / "cost.png", lambda axes: _cost(axes, policy, windows))


def _covered_slices(slices: dict[str, dict[str, dict[str, Any]]]) -> dict[str, dict[str, float]]:
    """Measured coverage by slice, of the values that have enough rows."""
    return {
        f"{name} {value}": found["prediction_sets"]
        for name, values in slices.items()
        for value, found in values.items()
        if "prediction_sets" in found
    }


def _coverage(axes: Axes, rows: dict[str, dict[str, float]], nominal: float) -> None:
    places = -np.arange(len(rows))
    measured, low, high = (
        np.array([found[key] for found in rows.values()]) for key in ("coverage", "low", "high")
    )
    axes.errorbar(measured, places, xerr=[measured - low, high - measured], fmt="o", color=BLUE, markersize=3)
    axes.axvline(nominal, color=GREY, linestyle="--", label=f"nominal {nominal:g}")
    axes.set_yticks(places, list(rows), fontsize=7)
    axes.set(title="Coverage, test (95 %)", xlabel="share of sets that hold the outcome")
    axes.legend(loc="lower left")


def _cost(axes: Axes, policy: DecisionPolicy, windows: dict[str, ScoredClaims]) -> None:
    calibration = windows["calibration"]
    reviewed = policy.triage(calibration.scores, calibration.amounts).needs_review | calibration.anomalous
    capacities = np.linspace(0, float(reviewed.sum()) / calibration.calendar_days, _CAPACITIES)
    solved = [_for_capacity(policy, capacity, calibration) for capacity in capacities.tolist()]
    for (name, claims), color in zip(windows.items(), (BLUE, ORANGE), strict=True):
        costs = [realised_cost(one, claims) / len(claims) for one in solved]
        axes.plot(capacities, costs, color=color, label=name)
    if policy.reviews_a_day is not None:
        axes.axvline(policy.reviews_a_day, color="black", linestyle=":", label="reviews_a_day")
    axes.axhline(policy.costs.review, color=GREY, linestyle="--", label="a review of every claim")
    axes.set(title="Cost of decisions", xlabel="reviews a day, on calibration", ylabel="dollars a claim")
    axes.set_yscale("log")
    for formatted in (axes.yaxis.set_major_formatter, axes.yaxis.set_minor_formatter):
        formatted("{x:.0f}")  # in place of powers of ten
    axes.legend()


def _for_capacity(policy: DecisionPolicy, capacity: float, claims: ScoredClaims) -> DecisionPolicy:
    return within_capacity(policy.model_copy(update={"reviews_a_day": capacity}), claims)
