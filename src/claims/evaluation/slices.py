"""Metrics by slice: how a model does on the claims of one payer, one specialty, one plan."""

import numpy as np
from numpy.typing import NDArray

from claims.data.batch import Categories
from claims.decisions.logits import Decision, Decisions, Outcome, Scores
from claims.evaluation.coverage import measure_coverage
from claims.evaluation.intervals import estimate_auc, estimate_precision
from claims.evaluation.metrics import measure, rows_by_value
from claims.results.slices import MeasuredSlice, RankIntervals, SliceCount, SliceMetrics


def measure_slices(
    slices: dict[str, Categories],
    scores: Scores,
    outcome: Outcome,
    decisions: Decisions,
    covered: NDArray[np.bool_],
    min_rows: int,
    seed: int,
) -> SliceMetrics:
    """Measure every value of every slice; where its rows are too few, count them alone.

    Parameters
    ----------
    slices
        The value of each of n claims, by slice.
    scores, outcome
        As of `claims.evaluation.metrics.measure`.
    decisions
        str [n], ``ml_derived_decision``.
    covered
        bool [n], whether the prediction set held the outcome.
    min_rows
        Rows below which a value is only counted.
    seed
        Of the resamples behind average precision's interval.
    """

    def measure_rows(rows: NDArray[np.int64]) -> MeasuredSlice | SliceCount:
        if len(rows) < min_rows:
            return SliceCount(rows=len(rows))
        return MeasuredSlice(
            **dict(measure(scores[rows], outcome[rows])),
            ML_APPROVED_share=_share(decisions[rows], Decision.APPROVED),
            ML_REVIEW_share=_share(decisions[rows], Decision.REVIEW),
            ML_REJECTED_share=_share(decisions[rows], Decision.REJECTED),
            intervals=_intervals(scores[rows], outcome[rows], seed),
            prediction_sets=measure_coverage(covered[rows]),
        )

    return SliceMetrics(
        {
            name: {value: measure_rows(rows) for value, rows in sorted(rows_by_value(column).items())}
            for name, column in slices.items()
        }
    )


def _share(decisions: Decisions, decision: Decision) -> float:
    return float((decisions == decision.value).mean())


def _intervals(scores: Scores, outcome: Outcome, seed: int) -> RankIntervals:
    """Find the intervals of how well the scores rank, where there are any."""
    auc, precision = estimate_auc(scores, outcome), estimate_precision(scores, outcome, seed)
    return RankIntervals(
        roc_auc=auc.rounded() if auc else None,
        average_precision=precision.rounded() if precision else None,
    )
