"""Coverage as measured, with its exact interval."""

import numpy as np
import pytest
from scipy.stats import beta

from claims.decisions.conformal import PredictionSets
from claims.evaluation.coverage import measure_coverage, measure_sets
from claims.results.estimates import Coverage

SETS = PredictionSets(
    coverage=0.75, approved_from=0.3, rejected_to=0.6, attained_approved=0.75, attained_rejected=0.75
)


def test_the_interval_is_that_of_clopper_and_pearson() -> None:
    coverage = measure_coverage(np.arange(50) < 42)
    assert (coverage.rows, coverage.coverage) == (50, 0.84)
    assert coverage.low == pytest.approx(beta.ppf(0.025, 42, 9), abs=1e-6)
    assert coverage.high == pytest.approx(beta.ppf(0.975, 43, 8), abs=1e-6)


def test_no_claims_have_no_coverage() -> None:
    assert measure_coverage(np.zeros(0, bool)) == Coverage(rows=0, coverage=None, low=None, high=None)


def test_coverage_by_outcome_and_sizes_by_hand() -> None:
    scores, outcome = np.array([0.2, 0.5, 0.9, 0.1, 0.7]), np.float32([1, 1, 1, 0, 0])
    coverage = measure_sets(SETS, scores, outcome)
    assert coverage.nominal == 0.75
    assert coverage.all.coverage == 0.6
    assert coverage.approved.coverage == pytest.approx(2 / 3, abs=1e-6)
    assert coverage.rejected.coverage == 0.5
    assert coverage.sizes == {"0": 0, "1": 0.8, "2": 0.2}
