"""Plots of a policy on a test window: coverage by slice, and cost against reviewers' time."""

from collections.abc import Mapping
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter

from claims.base.drawing import BLUE, GREY, ORANGE, STYLE, save_plot
from claims.decisions.capacity import within_capacity
from claims.decisions.policy import DecisionPolicy
from claims.decisions.regret import realised_cost
from claims.decisions.scored_claims import ScoredClaims
from claims.results.estimates import Coverage
from claims.results.slices import SliceMetrics

_CAPACITIES = 31


def draw_policy(
    folder: Path,
    policy: DecisionPolicy,
    windows: Mapping[str, ScoredClaims],
    slices: SliceMetrics,
) -> None:
    """Draw ``coverage.png`` and ``cost.png``.

    Parameters
    ----------
    folder
        Where to; it exists.
    policy
        Solved on the calibration window.
    windows
        The claims of ``calibration`` and of ``test``.
    slices
        Of the test claims.
    """
    rows = {
        f"{name} {value}": metrics.prediction_sets for (name, value), metrics in slices.measured().items()
    }
    with mpl.rc_context(STYLE | {"figure.figsize": (5, 1.5 + 0.2 * len(rows))}):
        save_plot(folder / "coverage.png", lambda axes: _coverage(axes, rows, policy.sets.coverage))
    with mpl.rc_context(STYLE):
        save_plot(folder / "cost.png", lambda axes: _cost(axes, policy, windows))


def _coverage(axes: Axes, rows: Mapping[str, Coverage], nominal: float) -> None:
    places = -np.arange(len(rows))
    measured = np.array([row.coverage for row in rows.values()], dtype=np.float64)
    low = np.array([row.low for row in rows.values()], dtype=np.float64)
    high = np.array([row.high for row in rows.values()], dtype=np.float64)
    axes.errorbar(measured, places, xerr=[measured - low, high - measured], fmt="o", color=BLUE, markersize=3)
    axes.axvline(nominal, color=GREY, linestyle="--")
    axes.set_yticks(places, list(rows), fontsize=7)
    title = f"Coverage, test (95 %); dashed: nominal {nominal:g}"
    axes.set(xlabel="share of sets that hold the outcome")
    axes.set_title(title, loc="right")


def _cost(axes: Axes, policy: DecisionPolicy, windows: Mapping[str, ScoredClaims]) -> None:
    calibration = windows["calibration"]
    reviewed = policy.triage(calibration.scores, calibration.amounts).needs_review | calibration.anomalous
    capacities = np.linspace(0, float(reviewed.sum()) / calibration.calendar_days, _CAPACITIES)
    solved = [_for_capacity(policy, capacity, calibration) for capacity in capacities.tolist()]
    for (name, claims), color in zip(windows.items(), (BLUE, ORANGE), strict=True):
        costs = [realised_cost(limited, claims) / len(claims) for limited in solved]
        axes.plot(capacities, costs, color=color, label=name)
    if policy.reviews_a_day is not None:
        axes.axvline(policy.reviews_a_day, color="black", linestyle=":", label="reviews_a_day")
    axes.axhline(policy.costs.review, color=GREY, linestyle="--", label="a review of every claim")
    axes.set(title="Cost of decisions", xlabel="reviews a day, on calibration", ylabel="dollars a claim")
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter("{x:.0f}")  # in place of powers of ten
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.legend()


def _for_capacity(policy: DecisionPolicy, capacity: float, claims: ScoredClaims) -> DecisionPolicy:
    return within_capacity(policy.model_copy(update={"reviews_a_day": capacity}), claims)
