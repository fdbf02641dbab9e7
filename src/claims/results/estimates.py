"""Figures with what chance alone would do to them: 95 % intervals."""

from claims.base.strict import Strict
from claims.results.files import Figure


class Estimate(Strict):
    """A figure with its 95 % interval."""

    value: Figure
    low: Figure
    high: Figure


class Coverage(Strict):
    """The share of ``rows`` claims whose prediction set holds their outcome; None where there are none."""

    rows: int
    coverage: Figure | None
    low: Figure | None
    high: Figure | None
