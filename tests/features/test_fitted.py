"""What was learned, applied: items, target means and volumes."""

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.columns.batch import Categories
from claims.columns.storage import encode_texts
from claims.features.fit import fit_volume
from claims.features.fitted import ItemVocabulary, TargetTable

MONTHS = 3
CLAIM = st.tuples(st.sampled_from("ab"), st.integers(0, 500))
CLAIMS = st.lists(CLAIM, min_size=1, max_size=25)
Claim = tuple[str, int]


def categories(*texts: str | None) -> Categories:
    return encode_texts(pa.chunked_array([pa.array(texts, pa.string())]))


def month(day: float) -> int:
    """Months since 1970-01."""
    date = dt.date(1970, 1, 1) + dt.timedelta(days=day)
    return (date.year - 1970) * 12 + date.month - 1


def rates(trained: list[Claim], asked: list[Claim]) -> list[float | None]:
    """Volumes learned from some claims and asked of others."""
    texts, days = zip(*trained, strict=True)
    table = fit_volume(categories(*texts), np.array(days, dtype=float), MONTHS)
    texts, days = zip(*asked, strict=True)
    found = table.rates(categories(*texts), np.array(days, dtype=float)).tolist()
    return [None if rate != rate else rate for rate in found]


def slow_rate(trained: list[Claim], claim: Claim) -> float | None:
    months = [month(day) for _, day in trained]
    end = min(max(month(claim[1]), min(months)), max(months) + 1)
    window = range(max(end - MONTHS, min(months)), end)
    count = sum(text == claim[0] and month(day) in window for text, day in trained)
    return count / len(window) if window else None


def test_flags_mark_the_items_that_a_list_holds() -> None:
    flags = ItemVocabulary(items=("b", "a")).flags(categories("a", "b;z;a", "z", None, "a;a"))

    assert flags.tolist() == [[0, 1], [1, 1], [0, 0], [0, 0], [0, 1]]


def test_means_fall_back_to_the_prior() -> None:
    table = TargetTable(prior=0.5, means={"a": 0.1})

    assert table.means_of(categories("a", "never", None)).tolist() == [0.1, 0.5, 0.5]


@given(CLAIMS, st.lists(CLAIM | st.tuples(st.just("never"), st.integers(-100, 900)), min_size=1, max_size=9))
def test_volumes_agree_with_a_slow_count(trained: list[Claim], asked: list[Claim]) -> None:
    assert rates(trained, asked) == [slow_rate(trained, claim) for claim in asked]


@given(CLAIMS, st.data())
def test_claims_of_the_same_or_a_later_month_change_nothing(
    trained: list[Claim], data: st.DataObject
) -> None:
    asked = data.draw(st.sampled_from(trained))
    planted = (asked[0], asked[1] + 31 * data.draw(st.integers(0, 9)))

    assert rates([*trained, planted], [asked]) == rates(trained, [asked])


def test_claims_after_the_as_of_month_are_counted_up_to_it() -> None:
    trained = [("a", 0), ("a", 40), ("a", 70)]

    assert rates(trained, [("a", 95), ("a", 9_000)]) == [1.0, 1.0]


def test_the_first_month_and_an_unknown_day_have_no_volume() -> None:
    table = fit_volume(categories("a", "a"), np.array([0.0, 40.0]), MONTHS)

    assert np.isnan(table.rates(categories("a", "a"), np.array([30.0, np.nan]))).all()


@pytest.mark.parametrize(("day", "text"), [("1970-01-31", "1970-01"), ("2024-12-31", "2024-12")])
def test_the_as_of_month_is_the_last_of_training(day: str, text: str) -> None:
    last = (dt.date.fromisoformat(day) - dt.date(1970, 1, 1)).days

    assert fit_volume(categories("a", "a"), np.array([0.0, last]), 1).as_of_text == text
