"""``metrics/split.json``: the claims of each split."""

import datetime as dt
from typing import Literal

from claims.base.strict import Strict
from claims.results.files import Figure


class Window(Strict):
    """The valid claims of a split, by event time."""

    rows: int
    approved_share: Figure
    first_event: dt.date
    last_event: dt.date


class EmptyWindow(Strict):
    """A split without claims."""

    rows: Literal[0]


class SplitMetrics(Strict):
    """The four splits, months whose outcomes are immature, and days left out between splits."""

    train: Window
    validation: Window
    calibration: Window
    test: Window
    immature: Window | EmptyWindow
    gap: Window | EmptyWindow

    def windows(self) -> dict[str, Window]:
        """Return the windows that have claims, by name, in the order of time."""
        return {name: window for name, window in self if isinstance(window, Window)}
