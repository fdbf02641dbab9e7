"""The plot of protected groups: drawn, and the same bytes each time."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

from claims.data.batch import Categories
from claims.evaluation.fairness import measure_fairness
from claims.reporting.group_plots import draw_groups
from claims.results.fairness import FairnessMetrics


def fairness(min_rows: int = 50) -> FairnessMetrics:
    random = np.random.default_rng(8)
    scores = random.random(900)
    decisions = np.where(scores > 0.7, "ML_APPROVED", np.where(scores < 0.2, "ML_REJECTED", "ML_REVIEW"))
    outcome = (random.random(900) < scores).astype(np.float32)
    sex = Categories(np.repeat(np.int32([0, 1, 2]), [500, 380, 20]), ["F", "M", "U"])
    groups = measure_fairness({"sex": sex}, scores, decisions, outcome, min_rows)
    return FairnessMetrics(calibration=groups, test=groups)


@pytest.fixture
def plot(tmp_path: Path) -> Path:
    draw_groups(tmp_path / "fairness.png", fairness())
    return tmp_path / "fairness.png"


def test_it_is_the_same_bytes_each_time(plot: Path, tmp_path: Path) -> None:
    draw_groups(tmp_path / "again.png", fairness())
    assert (tmp_path / "again.png").read_bytes() == plot.read_bytes()
    assert not plt.get_fignums()


def test_it_is_not_blank(plot: Path) -> None:
    pixels = plt.imread(plot).reshape(-1, 4)
    assert len(np.unique(pixels, axis=0)) > 20
    assert (pixels[:, :3] < 1).any(axis=1).mean() > 0.02


def test_groups_that_are_all_too_small_are_named_all_the_same(plot: Path, tmp_path: Path) -> None:
    draw_groups(tmp_path / "small.png", fairness(min_rows=1000))
    small = (tmp_path / "small.png").read_bytes()
    assert len(small) > 1000
    assert small != plot.read_bytes()


def test_a_group_that_one_window_lacks_is_drawn_where_it_is(tmp_path: Path) -> None:
    both = fairness()
    women = {"sex": {"F": both.test["sex"]["F"]}}
    draw_groups(tmp_path / "fairness.png", FairnessMetrics(calibration=women, test=both.test))
    assert (tmp_path / "fairness.png").read_bytes().startswith(b"\x89PNG")
