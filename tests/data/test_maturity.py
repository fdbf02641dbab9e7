"""Label maturity: which months count, and that every claim received is accounted for."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.data.batch import DAY_ZERO
from claims.data.maturity import Maturity, describe, month_names
from claims.data.windows import IMMATURE, SPLITS

JUNE = dt.date(2026, 6, 30)


def day(text: str) -> float:
    return float((dt.date.fromisoformat(text) - DAY_ZERO).days)


@pytest.mark.parametrize(
    ("after_days", "first"),
    [
        (90, "2026-04-01"),  # 31 March lies 91 days before, 30 April 61
        (91, "2026-04-01"),
        (92, "2026-03-01"),
        (61, "2026-05-01"),
        (62, "2026-04-01"),
        (0, "2026-07-01"),
    ],
)
def test_a_month_is_mature_when_its_last_day_is(after_days: int, first: str) -> None:
    assert Maturity(JUNE, after_days).immature_from == day(first)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2040, 1, 1)), st.integers(0, 800))
def test_every_day_before_is_far_enough_back_and_the_month_after_has_one_that_is_not(
    as_of: dt.date, after_days: int
) -> None:
    first = DAY_ZERO + dt.timedelta(days=Maturity(as_of, after_days).immature_from)
    assert first.day == 1
    assert first - dt.timedelta(days=1) + dt.timedelta(days=after_days) <= as_of
    next_month = (first + dt.timedelta(days=31)).replace(day=1)
    assert next_month - dt.timedelta(days=1) + dt.timedelta(days=after_days) > as_of


@pytest.mark.parametrize(
    ("after_days", "test_from", "state", "set_apart"),
    [
        (90, "2026-01-25", "mature", "2026-04-01"),
        (90, "2026-04-01", "immature", None),  # none is mature: all count, and are said to be immature
        (None, "2026-01-25", "unknown", None),
    ],
)
def test_what_test_is_stated_at(
    after_days: int | None, test_from: str, state: str, set_apart: str | None
) -> None:
    maturity = Maturity(JUNE, after_days)
    days = np.arange(day("2025-01-01"), day("2026-07-01"))
    starts = [day("2025-03-01"), day("2025-06-01"), day(test_from)]
    names = maturity.split(days, starts, gap_days=0)

    assert maturity.state(starts[-1]) == state
    immature = days[names == IMMATURE]
    assert (immature.min() if len(immature) else None) == (set_apart and day(set_apart))
    assert (names[days >= starts[-1]] == "test").sum() + len(immature) == (days >= starts[-1]).sum()
    assert set(names[days < starts[-1]]) == set(SPLITS[:-1])


@pytest.fixture(scope="module")
def claim_days() -> dict[str, np.ndarray]:
    """Ten claims a day, of which ever fewer are decided in the last 60 days."""
    random = np.random.default_rng(3)
    days = np.repeat(np.arange(day("2025-07-01"), day("2026-07-01")), 10)
    waiting = random.random(len(days)) < np.clip((days - day("2026-05-01")) / 60, 0, 1)
    by_model = ~waiting & (random.random(len(days)) < 0.1)
    decided = days[~waiting & ~by_model]
    valid = decided[random.random(len(decided)) < 0.99]
    return {"decided": decided, "valid": valid, "undecided": days[waiting], "model_decided": days[by_model]}


STARTS = [day("2025-10-01"), day("2025-12-01"), day("2026-02-15")]


@pytest.fixture(scope="module")
def described(claim_days) -> dict:
    return describe(Maturity(JUNE, 60), claim_days, STARTS, gap_days=5)


def test_every_claim_received_is_counted_once(claim_days, described) -> None:
    for counts in (*described.splits.values(), *described.months.values()):
        parts = ("measured", "quarantined", "decided_by_model_alone", "undecided")
        assert counts.received == sum(getattr(counts, name) for name in parts)
    assert sum(split.received for split in described.splits.values()) == 3650
    assert described.splits["gap"].received == 3 * 5 * 10
    testing = sum(described.splits[name].received for name in ("test", "immature"))
    assert sum(month.received for month in described.months.values()) == testing


def test_months_are_those_of_the_test_window_with_their_decided_share(described) -> None:
    months = described.months
    assert list(months) == ["2026-02", "2026-03", "2026-04", "2026-05", "2026-06"]
    assert [month.mature for month in months.values()] == [True, True, True, False, False]
    assert months["2026-02"].received == 14 * 10
    shares = [month.decided_share for month in months.values()]
    assert shares[:3] == [1.0] * 3
    assert 0.9 > shares[3] > 0.6 > shares[4]


def test_without_a_stated_maturity_no_month_is_called_mature_or_immature(claim_days) -> None:
    described = describe(Maturity(JUNE, None), claim_days, STARTS, gap_days=0)
    assert {month.mature for month in described.months.values()} == {None}
    assert described.test == "unknown"
    assert described.immature_from is None
    assert "immature" not in described.splits


def test_months_have_names() -> None:
    assert month_names(np.array([day("2026-01-31"), day("1999-12-01")])).tolist() == ["2026-01", "1999-12"]
