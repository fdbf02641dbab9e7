"""Pictures of what quantization changes: score against score, and the loss in every slice."""

from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from claims.base.drawing import BLUE, GREY, ORANGE, STYLE, save_figure, save_picture
from claims.decisions.scored_claims import ScoredClaims

_LOSSES = {"average_precision": "loss in average precision", "flips": "share of decisions that differ"}
_BAR_INCHES = 0.22


def draw_variants(
    folder: Path, reference: ScoredClaims, winner: ScoredClaims, verdict: dict[str, Any]
) -> None:
    """Draw ``scores.png`` and ``slices.png``.

    Parameters
    ----------
    folder
        Is there already.
    reference, winner
        The calibration claims as float32 and as the variant that ships score them.
    verdict
        Of the winner, from `claims.quantization.gate.judge_variants`.
    """
    with mpl.rc_context(STYLE):
        save_picture(folder / "scores.png", lambda axes: _draw_scores(axes, reference, winner))
        draw_slices(folder / "slices.png", verdict)


def _draw_scores(axes: Axes, reference: ScoredClaims, winner: ScoredClaims) -> None:
    """Each calibration claim by both scores, the outcomes apart."""
    for outcome, color, label in ((0, ORANGE, "rejected"), (1, BLUE, "approved")):
        rows = reference.outcome == outcome
        axes.scatter(reference.scores[rows], winner.scores[rows], s=4, color=color, label=label, alpha=0.5)
    axes.axline((0, 0), slope=1, color=GREY, lw=0.8)
    axes.set(xlabel="score, float32", ylabel="score, the variant that ships", title="Calibration claims")
    axes.legend(fontsize="small")


def draw_slices(path: Path, verdict: dict[str, Any]) -> None:
    """Losses overall and in every judged slice, each with its upper 95 % bound and its limit."""
    groups = {"all claims": verdict["overall"]} | {
        f"{name} {value}": found
        for name, values in verdict["slices"].items()
        for value, found in values.items()
    }
    height = 1.2 + _BAR_INCHES * len(groups)
    figure, axes = plt.subplots(
        1, len(_LOSSES), sharey=True, figsize=(8, max(3.0, height)), layout="constrained"
    )
    for panel, loss in zip(axes, _LOSSES, strict=True):
        _draw_losses(panel, loss, groups)
    axes[0].set_yticks(np.arange(len(groups)), list(groups), fontsize="small")
    axes[0].invert_yaxis()
    figure.suptitle("Against float32, to the upper bound; limits orange")
    save_figure(path, figure)


def _draw_losses(axes: Axes, loss: str, groups: dict[str, dict[str, Any]]) -> None:
    there = [(place, found[loss]) for place, found in enumerate(groups.values()) if loss in found]
    places = [place for place, _ in there]
    values, uppers, limits = ([found[part] for _, found in there] for part in ("value", "upper", "limit"))
    axes.barh(places, values, color=BLUE, height=0.6)
    reach = np.maximum(np.subtract(uppers, values), 0)
    axes.errorbar(values, places, xerr=[np.zeros(len(reach)), reach], fmt="none", color=GREY, capsize=2)
    axes.plot(limits, places, "|", color=ORANGE, markersize=9)
    axes.set(xlabel=_LOSSES[loss])
