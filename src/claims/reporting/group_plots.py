"""The plot of protected groups: their error rates in both windows, with intervals."""

from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from claims.base.drawing import BLUE, ORANGE, STYLE, WIDEST, save_figure
from claims.results.fairness import FairnessMetrics, GroupRates, Groups, Rate

_PANELS = {
    "false_rejection": "rejected,\nof payable",
    "needless_review": "reviewed,\nof payable",
    "false_approval": "approved,\nof the others",
}
_WINDOWS = {"calibration": (-0.14, ORANGE), "test": (0.14, BLUE)}  # beside each other, each in its colour


def draw_groups(path: Path, fairness: FairnessMetrics) -> None:
    """Draw the error rates of each group; groups too small to be compared are named alone.

    Parameters
    ----------
    path
        A PNG file.
    fairness
        Of a contract that protects a column with groups.
    """
    groups = [(column, group) for column, values in fairness.test.items() for group in values]
    with mpl.rc_context(STYLE | {"font.size": 8}):
        size = (WIDEST, 1.6 + 0.34 * len(groups))
        figure, axes = plt.subplots(1, len(_PANELS), sharey=True, figsize=size, layout="constrained")
        for panel, (rate, title) in zip(axes, _PANELS.items(), strict=True):
            for window, measured in fairness:
                rates = [_rate_of(measured, column, group, rate) for column, group in groups]
                _draw_rates(panel, rates, window)
            panel.set(title=title)
            panel.xaxis.set_major_locator(MaxNLocator(3))
            panel.xaxis.set_major_formatter(lambda share, _: f"{100 * share:g} %")
            panel.set_xlim(left=0)
        axes[0].set_yticks(range(len(groups)), [_group_text(fairness.test, *group) for group in groups])
        axes[0].invert_yaxis()
        handles = axes[0].get_legend_handles_labels()
        figure.legend(*handles, loc="outside lower center", ncols=2, frameon=False)
        save_figure(path, figure)


def _rate_of(measured: Groups, column: str, group: str, rate: str) -> Rate | None:
    """Return a rate of a group, where both are there."""
    rates = measured.get(column, {}).get(group)
    value: Rate | None = getattr(rates, rate) if isinstance(rates, GroupRates) else None
    return value


def _group_text(measured: Groups, column: str, group: str) -> str:
    rates = measured[column][group]
    too_few = "" if isinstance(rates, GroupRates) else f" ({rates.rows}: too few)"
    return f"{column} {group}{too_few}"


def _draw_rates(axes: Axes, rates: list[Rate | None], window: str) -> None:
    offset, color = _WINDOWS[window]
    drawn = [(place + offset, rate) for place, rate in enumerate(rates) if rate is not None]
    axes.errorbar(
        [rate.value for _, rate in drawn],
        [place for place, _ in drawn],
        xerr=[
            [rate.value - rate.low for _, rate in drawn],
            [rate.high - rate.value for _, rate in drawn],
        ],
        fmt="o",
        color=color,
        markersize=4,
        capsize=2,
        label=window,
    )
