"""``metrics/slices.json``: the candidate on the test claims of each value of each slice."""

from pydantic import ConfigDict, RootModel

from claims.base.strict import Strict
from claims.results.estimates import Coverage, Estimate
from claims.results.files import Figure
from claims.results.scores import ScoreMetrics


class RankIntervals(Strict):
    """Of how well scores rank; None where no interval can be found."""

    roc_auc: Estimate | None = None
    average_precision: Estimate | None = None


class SliceCount(Strict):
    """Claims too few to be measured."""

    rows: int


class MeasuredSlice(ScoreMetrics):
    """Metrics of one value's claims, shares of the decisions, and coverage of the prediction sets."""

    ML_APPROVED_share: Figure
    ML_REVIEW_share: Figure
    ML_REJECTED_share: Figure
    intervals: RankIntervals
    prediction_sets: Coverage


SliceValues = dict[str, MeasuredSlice | SliceCount]


class SliceMetrics(RootModel[dict[str, SliceValues]]):
    """By slice and value."""

    model_config = ConfigDict(frozen=True)

    def measured(self) -> dict[tuple[str, str], MeasuredSlice]:
        """Return the values with claims enough, by slice and value."""
        return {
            (name, value): metrics
            for name, values in self.root.items()
            for value, metrics in values.items()
            if isinstance(metrics, MeasuredSlice)
        }
