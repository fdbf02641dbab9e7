"""Claims of each window, counted."""

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest

from claims.data.outcomes import APPROVED, OUTCOME, REJECTED
from claims.data.window_counts import count_windows
from claims.results.split import EmptyWindow

NAMES = ["train", "train", "train", "validation", "calibration", "test"]


@pytest.fixture
def claims() -> pa.Table:
    days = [dt.date(2026, 1, day) for day in (3, 1, 2, 4, 5, 6)]
    return pa.table({"received": days, OUTCOME: pa.array([APPROVED, REJECTED, *[APPROVED] * 4])})


def test_each_window_has_its_rows_share_and_ends(claims: pa.Table) -> None:
    metrics = count_windows(np.array(NAMES), claims, "received")
    train = metrics.train
    assert (train.rows, train.approved_share) == (3, pytest.approx(2 / 3, abs=1e-6))
    assert (train.first_event, train.last_event) == (dt.date(2026, 1, 1), dt.date(2026, 1, 3))
    assert metrics.test.rows == 1


def test_a_window_without_claims_is_counted_alone(claims: pa.Table) -> None:
    metrics = count_windows(np.array(NAMES), claims, "received")
    assert metrics.gap == metrics.immature == EmptyWindow(rows=0)
