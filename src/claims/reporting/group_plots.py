"""Pictures of the reports: metrics by month, and error rates by protected group, with their intervals."""

from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from claims.base.drawing import BLUE, GREY, ORANGE, STYLE, save_figure

_BOX = {"facecolor": "white", "edgecolor": "none", "pad": 1}
_ABOVE: dict[str, Any] = {
    "loc": "lower right",
    "bbox_to_anchor": (1, 0.98),
    "fontsize": "small",
    "frameon": False,
}
Months = dict[str, dict[str, Any]]
Fairness = dict[str, dict[str, dict[str, Any]]]
_RATES = {
    "false_rejection": "rejected, of payable",
    "needless_review": "reviewed, of payable",
    "false_approval": "approved, of the others",
}


def draw_reports(folder: Path, months: Months, fairness: dict[str, Fairness]) -> None:
    """Draw ``months.png``, and ``fairness.png`` where the contract protects a column that has groups."""
    draw_months(folder / "months.png", months)
    if fairness["test"]:
        draw_fairness(folder / "fairness.png", fairness)


def draw_months(path: Path, months: Months) -> None:
    """Ranking, calibration and label maturity by month of the test window; immature months grey and hatched.

    Parameters
    ----------
    path
        A PNG file.
    months
        As `claims.evaluation.months.measure_months` gives them.
    """
    with mpl.rc_context(STYLE):
        figure, axes = plt.subplots(3, 1, sharex=True, figsize=(6, 7), layout="constrained")
        _draw_auc(axes[0], months)
        _draw_calibration(axes[1], months)
        _draw_decided(axes[2], months)
        axes[2].set_xticks(range(len(months)), list(months), rotation=45 if len(months) > 6 else 0)
        save_figure(path, figure)


def _bar_style(month: dict[str, Any]) -> dict[str, Any]:
    immature = month["mature"] is False
    return {"color": "white" if immature else BLUE, "edgecolor": GREY if immature else BLUE} | (
        {"hatch": "////"} if immature else {}
    )


def _draw_auc(axes: Axes, months: Months) -> None:
    for place, month in enumerate(months.values()):
        auc = month.get("roc_auc")
        if auc:
            color = GREY if month["mature"] is False else BLUE
            error = [[auc["value"] - auc["low"]], [auc["high"] - auc["value"]]]
            axes.errorbar(place, auc["value"], yerr=error, fmt="o", color=color, capsize=3)
    axes.set(title="Test window by month received", ylabel="ROC-AUC, 95 %")


def _draw_calibration(axes: Axes, months: Months) -> None:
    for place, month in enumerate(months.values()):
        if "calibration_error" in month:
            error = month["calibration_error"]
            axes.bar(place, error["value"], width=0.6, **_bar_style(month))
            axes.plot([place - 0.4, place + 0.4], [error["band"]] * 2, color=ORANGE)
    axes.plot([], [], color=ORANGE, label="95 % of calibrated models lie below")
    axes.set(ylabel="calibration error")
    axes.legend(**_ABOVE)


def _draw_decided(axes: Axes, months: Months) -> None:
    for place, month in enumerate(months.values()):
        axes.bar(place, month["decided_share"], width=0.6, **_bar_style(month))
        axes.text(place, 0.02, f"{month['received']:,}", ha="center", fontsize="small", bbox=_BOX)
    if any(month["mature"] is False for month in months.values()):
        axes.legend(
            handles=[Patch(facecolor="white", edgecolor=GREY, hatch="////", label="immature")], **_ABOVE
        )
    axes.set(ylabel="decided share", ylim=(0, 1.05), xlabel="month (claims received)")


def draw_fairness(path: Path, windows: dict[str, Fairness]) -> None:
    """Error rates of protected groups with their intervals; groups too small to judge are named alone.

    Parameters
    ----------
    path
        A PNG file.
    windows
        Calibration and test, each as `claims.evaluation.fairness.measure_fairness` gives it.
    """
    groups = [(column, group) for column, found in windows["test"].items() for group in found]
    with mpl.rc_context(STYLE):
        size = (9, 1.6 + 0.34 * len(groups))
        figure, axes = plt.subplots(1, len(_RATES), sharey=True, figsize=size, layout="constrained")
        for panel, (rate, title) in zip(axes, _RATES.items(), strict=True):
            for offset, color, name in ((-0.14, ORANGE, "calibration"), (0.14, BLUE, "test")):
                _draw_rates(panel, windows[name], groups, rate, offset, color, name)
            panel.set(title=title)
            panel.xaxis.set_major_formatter(lambda share, _: f"{100 * share:g} %")
            panel.set_xlim(left=0)
        axes[0].set_yticks(range(len(groups)), [_group_text(windows["test"], *group) for group in groups])
        axes[0].invert_yaxis()
        figure.legend(
            *axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False
        )
        save_figure(path, figure)


def _group_text(found: Fairness, column: str, group: str) -> str:
    rates = found[column][group]
    return f"{column} {group}" + ("" if "mean_score" in rates else f" ({rates['rows']}: too few)")


def _draw_rates(
    axes: Axes,
    found: Fairness,
    groups: list[tuple[str, str]],
    rate: str,
    offset: float,
    color: str,
    name: str,
) -> None:
    judged = [
        (place + offset, found[column][group][rate])
        for place, (column, group) in enumerate(groups)
        if rate in found.get(column, {}).get(group, {})
    ]
    value, low, high = (np.array([one[key] for _, one in judged]) for key in ("value", "low", "high"))
    places = [place for place, _ in judged]
    axes.errorbar(
        value,
        places,
        xerr=(value - low, high - value),
        fmt="o",
        color=color,
        markersize=4,
        capsize=2,
        label=name,
    )
