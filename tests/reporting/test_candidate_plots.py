"""Plots: five, a sixth of anomalies where there are labels; the same bytes each time."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

from claims.decisions.conformal import fit_sets
from claims.reporting.candidate_plots import draw_anomalies, draw_candidate
from model_parts import contents

NAMES = {"roc.png", "precision_recall.png", "calibration.png", "confusion.png", "scores.png"}


def draw(folder: Path) -> dict[str, bytes]:
    random = np.random.default_rng(4)
    scores = random.random(500)
    outcome = (random.random(500) < scores).astype(np.float32)
    decisions = np.where(scores > 0.8, "ML_APPROVED", np.where(scores < 0.3, "ML_REJECTED", "ML_REVIEW"))
    curves = {"network": scores, "majority": np.full(500, 0.5)}
    draw_candidate(folder, curves, outcome, decisions, fit_sets(scores, outcome, 0.9))
    return contents(folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plots")
    draw(folder)
    return folder


def test_they_are_the_same_bytes_each_time(folder: Path, tmp_path: Path) -> None:
    assert draw(tmp_path) == contents(folder)
    assert set(contents(folder)) == NAMES
    assert not plt.get_fignums()


@pytest.mark.parametrize("name", sorted(NAMES))
def test_they_are_not_blank(folder: Path, name: str) -> None:
    pixels = plt.imread(folder / name).reshape(-1, 4)
    assert len(np.unique(pixels, axis=0)) > 20
    assert (pixels[:, :3] < 1).any(axis=1).mean() > 0.02


@pytest.mark.parametrize(("known", "drawn"), [(40, ["anomaly_precision_recall.png"]), (0, [])])
def test_anomalies_are_drawn_where_audits_found_some(tmp_path: Path, known: int, drawn: list[str]) -> None:
    random = np.random.default_rng(4)
    anomaly = np.full(500, np.nan, np.float32)
    anomaly[:known] = random.random(known) < 0.4
    draw_anomalies(tmp_path, {"network": random.random(500)}, anomaly)
    assert sorted(contents(tmp_path)) == drawn
