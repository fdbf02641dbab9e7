"""Plots of what quantization changes: score against score, and the loss in every slice."""

from collections.abc import Mapping
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from claims.base.drawing import BLUE, GREY, ORANGE, STYLE, WIDEST, save_figure, save_plot
from claims.decisions.scored_claims import ScoredClaims
from claims.results.judge import Verdict
from claims.results.losses import Losses

_LOSSES = {
    "average_precision": "loss in\naverage precision",
    "flips": "share of decisions\nthat differ",
}
_BAR_INCHES = 0.22


def draw_variants(folder: Path, reference: ScoredClaims, winner: ScoredClaims, verdict: Verdict) -> None:
    """Draw ``scores.png`` and ``slices.png``.

    Parameters
    ----------
    folder
        Where to; exists.
    reference, winner
        The calibration claims as float32 and as the variant that ships score them.
    verdict
        On the winner.
    """
    with mpl.rc_context(STYLE):
        save_plot(folder / "scores.png", lambda axes: _draw_scores(axes, reference, winner))
        draw_slices(folder / "slices.png", verdict)


def _draw_scores(axes: Axes, reference: ScoredClaims, winner: ScoredClaims) -> None:
    """Draw each calibration claim by both scores, the outcomes apart."""
    for outcome, color, label in ((0, ORANGE, "rejected"), (1, BLUE, "approved")):
        rows = reference.outcome == outcome
        axes.scatter(reference.scores[rows], winner.scores[rows], s=4, color=color, label=label, alpha=0.5)
    axes.axline((0, 0), slope=1, color=GREY, lw=0.8)
    axes.set(xlabel="score, float32", ylabel="score, the variant that ships", title="Calibration claims")
    axes.legend(fontsize="small")


def draw_slices(path: Path, verdict: Verdict) -> None:
    """Draw losses overall and in every slice of the verdict, each with its upper 95 % bound and its limit."""
    groups: dict[str, Losses] = {"all claims": verdict.overall} | {
        f"{name} {value}": losses
        for name, values in verdict.slices.items()
        for value, losses in values.items()
    }
    size = (WIDEST, max(3.0, 1.2 + _BAR_INCHES * len(groups)))
    figure, axes = plt.subplots(1, len(_LOSSES), sharey=True, figsize=size, layout="constrained")
    for panel, loss in zip(axes, _LOSSES, strict=True):
        _draw_losses(panel, loss, groups)
    axes[0].set_yticks(np.arange(len(groups)), list(groups), fontsize="small")
    axes[0].invert_yaxis()
    figure.suptitle("Against float32, to the upper bound; limits orange")
    save_figure(path, figure)


def _draw_losses(axes: Axes, name: str, groups: Mapping[str, Losses]) -> None:
    measured = [(place, dict(losses.losses()).get(name)) for place, losses in enumerate(groups.values())]
    drawn = [(place, loss) for place, loss in measured if loss is not None]
    places = [place for place, _ in drawn]
    values, limits = [loss.value for _, loss in drawn], [loss.limit for _, loss in drawn]
    uppers = [loss.upper for _, loss in drawn]
    axes.barh(places, values, color=BLUE, height=0.6)
    reach = np.maximum(np.subtract(uppers, values), 0)
    axes.errorbar(values, places, xerr=[np.zeros(len(reach)), reach], fmt="none", color=GREY, capsize=2)
    axes.plot(limits, places, "|", color=ORANGE, markersize=9)
    axes.set(xlabel=_LOSSES[name])
    axes.xaxis.set_major_locator(MaxNLocator(3))
    axes.xaxis.set_major_formatter("{x:g}")
