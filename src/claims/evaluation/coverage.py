"""Coverage of prediction sets as measured, beside the nominal one that exchangeability would guarantee."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from claims.decisions.conformal import PredictionSets
from claims.decisions.logits import Outcome, Scores
from claims.evaluation.intervals import LEVEL

_DIGITS = 6


def measure_coverage(covered: NDArray[np.bool_]) -> dict[str, float | int | None]:
    """Share of n claims whose set holds their outcome, with its 95 % interval.

    Source: Clopper and Pearson (1934), doi:10.1093/biomet/26.4.404.
    """
    if not len(covered):
        return {"rows": 0, "coverage": None, "low": None, "high": None}
    interval = binomtest(int(covered.sum()), len(covered)).proportion_ci(LEVEL, method="exact")
    found = {"coverage": covered.mean(), "low": interval.low, "high": interval.high}
    return {"rows": len(covered), **{name: round(float(value), _DIGITS) for name, value in found.items()}}


def measure_sets(sets: PredictionSets, scores: Scores, outcome: Outcome) -> dict[str, Any]:
    """Coverage of n claims in all and by outcome, and how many outcomes the sets leave open."""
    covered, sizes = sets.cover(scores, outcome), sets.sizes(scores)
    return {
        "nominal": sets.coverage,
        "all": measure_coverage(covered),
        "approved": measure_coverage(covered[outcome == 1]),
        "rejected": measure_coverage(covered[outcome == 0]),
        "sizes": {str(size): round(float((sizes == size).mean()), _DIGITS) for size in (0, 1, 2)},
    }
