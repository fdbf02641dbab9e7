"""Scored claims whose outcome is known."""

import numpy as np

from claims.model.settled import Settled


def test_a_window_counts_every_calendar_day() -> None:
    days = np.array([20_003.0, 20_000.0, 20_009.0])
    assert Settled(np.zeros(3), np.zeros(3, np.float32), np.zeros(3), days).calendar_days == 10


def test_it_takes_amounts_and_days_from_the_split(labelled) -> None:
    found = Settled.of(labelled, np.full(len(labelled), 0.5))
    np.testing.assert_array_equal(found.amounts, labelled.amount)
    np.testing.assert_array_equal(found.days, labelled.day)
    assert len(found) == len(labelled)
