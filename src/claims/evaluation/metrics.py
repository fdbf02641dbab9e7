"""Metrics of scored claims: how well they rank, and how true the probabilities are."""

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics

from claims.data.batch import Categories
from claims.decisions.logits import Outcome, Scores
from claims.results.scores import Confusion, ScoreMetrics

CUTOFF = 0.5  # more likely approved than not: where accuracy is best, if scores are probabilities
_BINS = 10


def measure(scores: Scores, outcome: Outcome) -> ScoreMetrics:
    """Measure the scores of n claims.

    Parameters
    ----------
    scores
        float64 [n], calibrated probability of approval; accuracy, precision, recall and F1 are of approval
        at a score of one half.
    outcome
        float32 [n], 1 approved and 0 rejected.
    """
    predicted = scores >= CUTOFF
    both = 0 < outcome.sum() < len(outcome)
    return ScoreMetrics(
        rows=len(outcome),
        approved_share=float(outcome.mean()),
        confusion=_confusion(predicted, outcome),
        roc_auc=metrics.roc_auc_score(outcome, scores) if both else None,
        average_precision=metrics.average_precision_score(outcome, scores) if both else None,
        log_loss=metrics.log_loss(outcome, scores, labels=[0, 1]),
        brier=metrics.brier_score_loss(outcome, scores, pos_label=1),
        calibration_error=calibration_error(scores, outcome),
        accuracy=metrics.accuracy_score(outcome, predicted),
        precision=metrics.precision_score(outcome, predicted, zero_division=0.0),
        recall=metrics.recall_score(outcome, predicted, zero_division=0.0),
        f1=metrics.f1_score(outcome, predicted, zero_division=0.0),
    )


def _confusion(predicted: NDArray[np.bool_], outcome: Outcome) -> Confusion:
    """Count claims by what was predicted at the cutoff and whether that was right."""
    (true_rejected, false_approved), (false_rejected, true_approved) = metrics.confusion_matrix(
        outcome, predicted, labels=[0, 1]
    ).tolist()
    return Confusion(
        true_rejected=true_rejected,
        false_approved=false_approved,
        false_rejected=false_rejected,
        true_approved=true_approved,
    )


def calibration_error(scores: Scores, outcome: Outcome) -> float:
    """Return the mean distance of stated from realised share of approval over 10 bins of equal size.

    Source: Naeini, Cooper and Hauskrecht (2015), "Obtaining well calibrated probabilities using Bayesian
    binning".
    """
    return sum(
        len(part) * abs(float(scores[part].mean() - outcome[part].mean())) for part in equal_bins(scores)
    ) / len(scores)


def equal_bins(scores: Scores) -> list[NDArray[np.int64]]:
    """Divide row numbers into 10 bins of equal size, from the lowest scores to the highest; none is empty."""
    parts = np.array_split(np.argsort(scores, kind="stable"), _BINS)
    return [part for part in parts if len(part)]


def rows_by_value(column: Categories) -> dict[str, NDArray[np.int64]]:
    """Return the row numbers of each value that is there."""
    rows = {level: np.flatnonzero(column.codes == code) for code, level in enumerate(column.levels)}
    rows["(missing)"] = np.flatnonzero(column.codes < 0)
    return {value: places for value, places in rows.items() if len(places)}
