"""Logits to scores."""

import numpy as np
import pytest
from pydantic import ValidationError

from claims.decisions.logits import Calibration


def test_the_plain_calibration_is_the_logistic_function() -> None:
    scores = Calibration(slope=1, intercept=0).scores(np.array([-np.log(3), 0, np.log(3)]))
    np.testing.assert_allclose(scores, [0.25, 0.5, 0.75], rtol=1e-15)


def test_slope_and_intercept_stretch_and_shift_the_logit() -> None:
    scores = Calibration(slope=2, intercept=-1).scores(np.array([0.5, 1.0]))
    np.testing.assert_allclose(scores, [0.5, 1 / (1 + np.exp(-1))], rtol=1e-15)


@pytest.mark.filterwarnings("error")
def test_extreme_logits_stay_probabilities() -> None:
    scores = Calibration(slope=1, intercept=0).scores(np.array([-1e9, -700, 700, 1e9]))
    assert ((scores >= 0) & (scores <= 1)).all()
    assert (np.diff(scores) >= 0).all()


@pytest.mark.parametrize("slope", [0.0, -1.0])
def test_a_calibration_never_turns_the_ranking_over(slope: float) -> None:
    with pytest.raises(ValidationError):
        Calibration(slope=slope, intercept=0)
