"""Plots of a policy: two, drawn, and the same bytes each time."""

from pathlib import Path

import numpy as np
import pytest

from claims.decisions.fit_policy import fit_policy
from claims.decisions.scored_claims import ScoredClaims
from claims.reporting.policy_plots import draw_policy
from claims.results.slices import SliceCount, SliceMetrics
from metrics_parts import measured_slice
from model_parts import POLICY, contents


def drawn(seed: int) -> ScoredClaims:
    random = np.random.default_rng(seed)
    scores = random.beta(2, 1, 400)
    outcome = (random.random(400) < scores).astype(np.float32)
    return ScoredClaims(scores, outcome, random.uniform(1e3, 1e5, 400), np.arange(400) // 40 * 1.0)


def draw(folder: Path, capacity: float | None) -> dict[str, bytes]:
    folder.mkdir()
    windows = {"calibration": drawn(1), "test": drawn(2)}
    policy = fit_policy(windows["calibration"], POLICY.model_copy(update={"reviews_a_day": capacity}))
    slices = SliceMetrics({"plan": {"HMO": measured_slice(), "PPO": SliceCount(rows=3)}})
    draw_policy(folder, policy, windows, slices)
    return contents(folder)


@pytest.mark.parametrize("capacity", [None, 20.0])
def test_they_are_drawn_and_the_same_bytes_each_time(tmp_path: Path, capacity: float | None) -> None:
    first = draw(tmp_path / "first", capacity)
    assert set(first) == {"coverage.png", "cost.png"}
    assert all(content.startswith(b"\x89PNG") for content in first.values())
    assert draw(tmp_path / "second", capacity) == first


def test_another_capacity_is_another_plot_of_cost_alone(tmp_path: Path) -> None:
    unlimited, limited = draw(tmp_path / "unlimited", None), draw(tmp_path / "limited", 20.0)
    assert unlimited["cost.png"] != limited["cost.png"]
    assert unlimited["coverage.png"] == limited["coverage.png"]


def test_without_slices_there_is_still_a_plot(tmp_path: Path) -> None:
    windows = {"calibration": drawn(1), "test": drawn(2)}
    draw_policy(tmp_path, fit_policy(windows["calibration"], POLICY), windows, SliceMetrics({}))
    assert {path.name for path in tmp_path.iterdir()} == {"coverage.png", "cost.png"}
