"""Platt scaling: what it finds, and what it never loses."""

import numpy as np
import pytest

from claims.decisions.fit_calibration import fit_calibration


def log_loss(scores: np.ndarray, outcome: np.ndarray) -> float:
    return float(-np.log(np.where(outcome == 1, scores, 1 - scores)).mean())


@pytest.mark.parametrize("slope", [0.3, 1.0, 4.0])
@pytest.mark.parametrize("intercept", [-1.0, 0.5])
def test_calibration_finds_how_logits_were_bent(slope: float, intercept: float) -> None:
    random = np.random.default_rng(1)
    logits = random.normal(size=50_000)
    truth = 1 / (1 + np.exp(-(slope * logits + intercept)))
    outcome = (random.random(len(logits)) < truth).astype(np.float32)
    calibration = fit_calibration(logits, outcome)
    assert (calibration.slope, calibration.intercept) == pytest.approx((slope, intercept), abs=0.1)


@pytest.mark.parametrize("signal", [-1.0, 0.0, 0.3, 3.0])
@pytest.mark.parametrize("shift", [-2.0, 5.0])
def test_calibration_never_loses_and_keeps_the_ranking(signal: float, shift: float) -> None:
    random = np.random.default_rng(2)
    outcome = (random.random(2_000) < 0.75).astype(np.float32)
    logits = random.normal(size=len(outcome)) + signal * (2 * outcome - 1) + shift
    scores, share = fit_calibration(logits, outcome).scores(logits), np.full(len(outcome), outcome.mean())
    assert log_loss(scores, outcome) <= log_loss(1 / (1 + np.exp(-logits)), outcome)
    assert log_loss(scores, outcome) <= log_loss(share, outcome) + 1e-4
    assert (np.diff(scores[np.argsort(logits)]) >= 0).all()


def test_perfect_logits_calibrate_to_certainty() -> None:
    logits, outcome = np.linspace(-2, 2, 200), np.repeat(np.float32([0, 1]), 100)
    scores = fit_calibration(logits, outcome).scores(logits)
    assert np.isfinite(scores).all()
    assert log_loss(np.clip(scores, 1e-15, 1 - 1e-15), outcome) < 0.01
