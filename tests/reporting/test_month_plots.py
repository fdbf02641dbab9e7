"""The plot of months: drawn, marked, and the same bytes each time."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

from claims.reporting.month_plots import Months, draw_months
from metrics_parts import empty_month, month

MONTHS: Months = {
    "2026-01": month(mature=True),
    "2026-02": month(mature=True, roc_auc=None),
    "2026-03": month(mature=False),
    "2026-04": empty_month(mature=False),
}


@pytest.fixture
def plot(tmp_path: Path) -> Path:
    draw_months(tmp_path / "months.png", MONTHS)
    return tmp_path / "months.png"


def test_it_is_the_same_bytes_each_time(plot: Path, tmp_path: Path) -> None:
    draw_months(tmp_path / "again.png", MONTHS)
    assert (tmp_path / "again.png").read_bytes() == plot.read_bytes()
    assert not plt.get_fignums()


def test_it_is_not_blank(plot: Path) -> None:
    pixels = plt.imread(plot).reshape(-1, 4)
    assert len(np.unique(pixels, axis=0)) > 20
    assert (pixels[:, :3] < 1).any(axis=1).mean() > 0.02


def test_an_immature_month_looks_otherwise(plot: Path, tmp_path: Path) -> None:
    mature = {name: counts.model_copy(update={"mature": True}) for name, counts in MONTHS.items()}
    draw_months(tmp_path / "mature.png", mature)
    assert (tmp_path / "mature.png").read_bytes() != plot.read_bytes()
