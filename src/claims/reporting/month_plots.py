"""The plot of months: ranking, calibration and label maturity, with their intervals."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from claims.base.drawing import BLUE, GREY, ORANGE, STYLE, WIDEST, save_figure
from claims.results.maturity import MonthCounts
from claims.results.months import MeasuredMonth

_BOX = {"facecolor": "white", "edgecolor": "none", "pad": 1}
_ABOVE: dict[str, Any] = {
    "loc": "lower right",
    "bbox_to_anchor": (1, 0.98),
    "fontsize": "small",
    "frameon": False,
}
Months = Mapping[str, MeasuredMonth | MonthCounts]


def draw_months(path: Path, months: Months) -> None:
    """Draw each month of the test window; immature months are grey and hatched.

    Parameters
    ----------
    path
        A PNG file.
    months
        By name, such as ``2026-01``.
    """
    with mpl.rc_context(STYLE):
        figure, axes = plt.subplots(3, 1, sharex=True, figsize=(WIDEST, 7), layout="constrained")
        _draw_auc(axes[0], months)
        _draw_calibration(axes[1], months)
        _draw_decided(axes[2], months)
        axes[2].set_xticks(range(len(months)), list(months), rotation=45 if len(months) > 6 else 0)
        save_figure(path, figure)


def _is_immature(month: MonthCounts) -> bool:
    return month.mature is False


def _bar_style(month: MonthCounts) -> dict[str, Any]:
    if _is_immature(month):
        return {"color": "white", "edgecolor": GREY, "hatch": "////"}
    return {"color": BLUE, "edgecolor": BLUE}


def _draw_auc(axes: Axes, months: Months) -> None:
    for place, month in enumerate(months.values()):
        if isinstance(month, MeasuredMonth) and month.roc_auc is not None:
            auc, color = month.roc_auc, GREY if _is_immature(month) else BLUE
            error = [[auc.value - auc.low], [auc.high - auc.value]]
            axes.errorbar(place, auc.value, yerr=error, fmt="o", color=color, capsize=3)
    axes.set(title="Test window by month received", ylabel="ROC-AUC, 95 %")


def _draw_calibration(axes: Axes, months: Months) -> None:
    for place, month in enumerate(months.values()):
        if isinstance(month, MeasuredMonth):
            axes.bar(place, month.calibration_error.value, width=0.6, **_bar_style(month))
            band = month.calibration_error.band
            axes.plot([place - 0.4, place + 0.4], [band, band], color=ORANGE)
    axes.plot([], [], color=ORANGE, label="95 % of calibrated models lie below")
    axes.set(ylabel="calibration error")
    axes.legend(**_ABOVE)


def _draw_decided(axes: Axes, months: Months) -> None:
    for place, month in enumerate(months.values()):
        axes.bar(place, month.decided_share or 0.0, width=0.6, **_bar_style(month))
        axes.text(place, 0.02, f"{month.received:,}", ha="center", fontsize="small", bbox=_BOX)
    if any(_is_immature(month) for month in months.values()):
        hatched = Patch(facecolor="white", edgecolor=GREY, hatch="////", label="immature")
        axes.legend(handles=[hatched], **_ABOVE)
    axes.set(ylabel="decided share", ylim=(0, 1.05), xlabel="month (claims received)")
