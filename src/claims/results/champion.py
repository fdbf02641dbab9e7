"""A challenger beside the champion, on test claims new to both: a part of release records."""

from typing import Any

from pydantic import TypeAdapter

from claims.base.strict import Strict
from claims.results.files import Figure


class MetricDifference(Strict):
    """A metric of both, what the challenger gains, and the lower 95 % bound of that.

    Attributes
    ----------
    passes
        Whether the bound lies above the margin, taken as a loss.
    """

    champion: Figure
    challenger: Figure
    difference: Figure
    low: Figure
    passes: bool


class ContestMetrics(Strict):
    """Both metrics on ``rows`` claims; ``margin`` is what the challenger may lose."""

    rows: int
    margin: float
    roc_auc: MetricDifference
    average_precision: MetricDifference


class Compared(ContestMetrics):
    """With a champion, by its number."""

    release: int


class NotCompared(Strict):
    """With the champion, for a reason; a person let the release pass all the same."""

    release: int
    not_compared: str


Comparison = Compared | NotCompared | None  # None: there was no champion


def parse_comparison(gate: Any) -> Comparison:
    """Read the gate ``champion`` of a release record."""
    comparison: Comparison = TypeAdapter(Comparison).validate_python(gate)
    return comparison
