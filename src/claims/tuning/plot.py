"""The plot of a search: parallel coordinates, one line a trial."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from claims.base.drawing import GREY, STYLE, WIDEST, save_figure
from claims.config.space import Dimension, FamilySpace, Value, dimensions
from claims.tuning.trials import Trial, as_text

_LABEL: dict[str, Any] = {
    "va": "center",
    "zorder": 4,
    "bbox": {"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 1},
}


def draw_trials(path: Path, space: FamilySpace, trials: Sequence[Trial], winner: int | None) -> None:
    """Draw every finished trial through its values to its validation log-loss; the winner is bold."""
    finished = [trial for trial in trials if trial.result]
    losses = np.array([trial.result.log_loss for trial in finished if trial.result])
    heights = _scaled(losses)
    with mpl.rc_context(STYLE | {"font.size": 9, "axes.grid": False}):
        figure, axes = plt.subplots(figsize=(WIDEST, 4), layout="constrained")
        searched = dimensions(space)
        for trial, height in zip(finished, heights, strict=True):
            course = [*(_height(searched[name], trial.values[name]) for name in searched), height]
            won = trial.number == winner
            colour = mpl.colormaps["viridis"](height)
            axes.plot(course, color=colour, linewidth=3 if won else 1, zorder=3 if won else 2)
        _label(axes, searched, losses)
        axes.set_title(f"{len(finished)} trials, the winner bold" if finished else "no trials")
        save_figure(path, figure)


def _scaled(values: np.ndarray) -> np.ndarray:
    """To [0, 1]; all alike, to the middle."""
    spread = np.ptp(values) if len(values) else 0
    return (values - values.min()) / spread if spread else np.full(len(values), 0.5)


def _height(dimension: Dimension, value: Value) -> float:
    """Where a value stands between the ends of its axis: from 0 to 1."""
    if dimension.choices is not None:
        value = dimension.choices.index(value)
    assert not isinstance(value, tuple)
    low, high = dimension.ends
    if low == high:
        return 0.5
    if dimension.log:
        return float(np.log(value / low) / np.log(high / low))
    return (value - low) / (high - low)


def _label(axes: Axes, searched: dict[str, Dimension], losses: np.ndarray) -> None:
    """Name the axes below, and write what stands where on each."""
    names = [*searched, "log-loss"]
    axes.set_xticks(range(len(names)), names, rotation=15)
    axes.set(yticks=[], xlim=(-0.3, len(names) - 0.3), ylim=(-0.1, 1.1))
    for place, dimension in enumerate(searched.values()):
        axes.axvline(place, color=GREY, linewidth=0.8, zorder=1)
        for value in dimension.choices or dimension.ends:
            axes.text(place + 0.04, _height(dimension, value), as_text(value), **_LABEL)
    axes.axvline(len(searched), color=GREY, linewidth=0.8, zorder=1)
    for loss in {losses.min(), losses.max()} if len(losses) else ():
        at = 0.5 if np.ptp(losses) == 0 else float(loss == losses.max())
        axes.text(len(searched) + 0.04, at, f"{loss:.4f}", **_LABEL)
