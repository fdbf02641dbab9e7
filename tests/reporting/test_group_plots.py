"""Pictures of months and groups: drawn, marked, and the same bytes each time."""

from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest

from claims.data.batch import Categories
from claims.evaluation.fairness import measure_fairness
from claims.reporting.group_plots import draw_reports
from model_parts import contents

RATE = {"value": 0.85, "low": 0.82, "high": 0.88}
MONTHS: dict[str, dict[str, Any]] = {
    f"2026-0{month}": {
        "received": 1000,
        "decided_share": 1 - 0.2 * (month - 1),
        "mature": month < 3,
        "roc_auc": RATE,
        "calibration_error": {"value": 0.02 * month, "band": 0.03},
    }
    for month in (1, 2, 3)
} | {"2026-04": {"received": 10, "decided_share": 0.0, "mature": False}}


def fairness(min_rows: int = 50) -> dict[str, Any]:
    random = np.random.default_rng(8)
    scores = random.random(900)
    decisions = np.where(scores > 0.7, "ML_APPROVED", np.where(scores < 0.2, "ML_REJECTED", "ML_REVIEW"))
    outcome = (random.random(900) < scores).astype(np.float32)
    sex = Categories(np.repeat(np.int32([0, 1, 2]), [500, 380, 20]), ["F", "M", "U"])
    found = measure_fairness({"sex": sex}, scores, decisions, outcome, min_rows)
    return {"calibration": found, "test": found}


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    draw_reports(tmp_path, MONTHS, fairness())
    return tmp_path


def test_they_are_the_same_bytes_each_time(pictures: Path, tmp_path_factory) -> None:
    again = tmp_path_factory.mktemp("again")
    draw_reports(again, MONTHS, fairness())
    assert contents(again) == contents(pictures)
    assert set(contents(again)) == {"months.png", "fairness.png"}
    assert not plt.get_fignums()


@pytest.mark.parametrize("name", ["months.png", "fairness.png"])
def test_they_are_not_blank(pictures: Path, name: str) -> None:
    pixels = plt.imread(pictures / name).reshape(-1, 4)
    assert len(np.unique(pixels, axis=0)) > 20
    assert (pixels[:, :3] < 1).any(axis=1).mean() > 0.02


def test_an_immature_month_looks_otherwise(pictures: Path, tmp_path_factory) -> None:
    mature = tmp_path_factory.mktemp("mature")
    draw_reports(mature, {name: month | {"mature": True} for name, month in MONTHS.items()}, fairness())
    assert contents(mature)["months.png"] != contents(pictures)["months.png"]
    assert contents(mature)["fairness.png"] == contents(pictures)["fairness.png"]


def test_without_protected_groups_there_is_no_picture_of_them(tmp_path: Path) -> None:
    draw_reports(tmp_path, MONTHS, {"calibration": {}, "test": {}})
    assert set(contents(tmp_path)) == {"months.png"}


def test_groups_that_are_all_too_small_are_named_all_the_same(tmp_path: Path) -> None:
    draw_reports(tmp_path, MONTHS, fairness(min_rows=1000))
    assert len(contents(tmp_path)["fairness.png"]) > 1000
