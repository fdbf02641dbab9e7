"""Metrics by slice: how a model does on the claims of one payer, one specialty, one plan."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from claims.data.batch import Categories
from claims.decisions.logits import Decision, Decisions, Outcome, Scores
from claims.evaluation.coverage import measure_coverage
from claims.evaluation.intervals import estimate_auc, estimate_precision
from claims.evaluation.metrics import measure, rows_by_value

_DIGITS = 6


def measure_slices(
    slices: dict[str, Categories],
    scores: Scores,
    outcome: Outcome,
    decisions: Decisions,
    covered: NDArray[np.bool_],
    min_rows: int,
    seed: int,
) -> dict[str, dict[str, Any]]:
    """Metrics of every value of every slice, or its count alone where rows are too few to judge.

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

    def judge(rows: NDArray[np.int64]) -> dict[str, Any]:
        if len(rows) < min_rows:
            return {"rows": len(rows)}
        return {
            **measure(scores[rows], outcome[rows]),
            **_shares(decisions[rows]),
            "intervals": _intervals(scores[rows], outcome[rows], seed),
            "prediction_sets": measure_coverage(covered[rows]),
        }

    return {
        name: {value: judge(rows) for value, rows in sorted(rows_by_value(column).items())}
        for name, column in slices.items()
    }


def _shares(decisions: Decisions) -> dict[str, float]:
    kinds = (Decision.APPROVED, Decision.REVIEW, Decision.REJECTED)
    return {f"{kind.value}_share": round(float((decisions == kind).mean()), _DIGITS) for kind in kinds}


def _intervals(scores: Scores, outcome: Outcome, seed: int) -> dict[str, dict[str, float]]:
    """Of how well the scores rank; none where they cannot be found."""
    found = {
        "roc_auc": estimate_auc(scores, outcome),
        "average_precision": estimate_precision(scores, outcome, seed),
    }
    return {name: one.rounded() for name, one in found.items() if one is not None}
