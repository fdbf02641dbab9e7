"""How every plot looks, and how it is written: PNG files that are the same bytes each time."""

from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

WIDEST = 5.6  # inches, 616 pixels: `dvc plots diff` shows two side by side in a window of 1,300
STYLE = {
    "figure.figsize": (5, 4),
    "figure.dpi": 110,
    "axes.grid": True,
    "grid.alpha": 0.3,
    "axes.axisbelow": True,
}
BLUE, ORANGE, GREY = "#1f77b4", "#ff7f0e", "#7f7f7f"


def save_figure(path: Path, figure: Figure) -> None:
    """Write a figure and forget it."""
    figure.savefig(path, format="png", metadata={"Software": None})  # no version of matplotlib in the bytes
    plt.close(figure)


def save_plot(path: Path, draw: Callable[[Axes], None]) -> None:
    """Write what `draw` puts into a figure's axes."""
    figure, axes = plt.subplots(layout="constrained")
    draw(axes)
    save_figure(path, figure)
