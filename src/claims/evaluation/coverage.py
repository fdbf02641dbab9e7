"""Coverage of prediction sets as measured, beside the nominal one that exchangeability would guarantee."""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from claims.decisions.conformal import PredictionSets
from claims.decisions.logits import Outcome, Scores
from claims.evaluation.intervals import LEVEL
from claims.results.decisions import SetMetrics
from claims.results.estimates import Coverage


def measure_coverage(covered: NDArray[np.bool_]) -> Coverage:
    """Return the share of n claims whose set holds their outcome, with its 95 % interval.

    Source: Clopper and Pearson (1934), doi:10.1093/biomet/26.4.404.
    """
    if not len(covered):
        return Coverage(rows=0, coverage=None, low=None, high=None)
    interval = binomtest(int(covered.sum()), len(covered)).proportion_ci(LEVEL, method="exact")
    return Coverage(rows=len(covered), coverage=float(covered.mean()), low=interval.low, high=interval.high)


def measure_sets(sets: PredictionSets, scores: Scores, outcome: Outcome) -> SetMetrics:
    """Measure the coverage of n claims in all and by outcome, and how many outcomes the sets leave open."""
    covered, sizes = sets.cover(scores, outcome), sets.sizes(scores)
    return SetMetrics(
        nominal=sets.coverage,
        all=measure_coverage(covered),
        approved=measure_coverage(covered[outcome == 1]),
        rejected=measure_coverage(covered[outcome == 0]),
        sizes={str(size): float((sizes == size).mean()) for size in (0, 1, 2)},
    )
