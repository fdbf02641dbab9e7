"""Tables of earlier claims, applied: volumes and approval rates."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.features.history import MonthlyTable
from claims.features.kinds.prior_count import VolumeTable
from claims.features.kinds.prior_rate import RateTable
from features.claims_by_month import (
    CLAIM,
    CLAIMS,
    Claim,
    came,
    categories,
    fit_rate,
    fit_volume,
    month,
    past,
)

MONTHS, SMOOTHING = 3, 2.0
ASKED = st.lists(CLAIM | st.builds(Claim, st.just("never"), st.integers(-100, 900)), min_size=1, max_size=9)


def volume(claims: list[Claim], months: int = MONTHS) -> VolumeTable:
    return fit_volume(past(claims), months)


def rate(claims: list[Claim]) -> RateTable:
    return fit_rate(past(claims), MONTHS, SMOOTHING)


def values(table: MonthlyTable, asked: list[Claim]) -> list[float | None]:
    numbers = table.values(categories(asked), came(asked)).tolist()
    return [None if value != value else value for value in numbers]


def window(trained: list[Claim], claim: Claim) -> range:
    """The months that a claim reads, counted out."""
    first = min(month(c.came) for c in trained)
    end = min(max(month(claim.came), first), max(month(c.came + 1) for c in trained))
    return range(max(end - MONTHS, first), end)


def slow_volume(trained: list[Claim], claim: Claim) -> float | None:
    read = window(trained, claim)
    count = sum(c.category == claim.category and month(c.came) in read for c in trained)
    return count / len(read) if read else None


def slow_rate(trained: list[Claim], claim: Claim) -> float:
    every = [c for c in trained if month(c.known) in window(trained, claim)]
    own = [c for c in every if c.category == claim.category]
    expected = len(own) * sum(c.approved for c in every) / max(len(every), 1)
    return (sum(c.approved for c in own) - expected) / (len(own) + SMOOTHING)


@given(CLAIMS, ASKED)
def test_volumes_agree_with_a_slow_count(trained: list[Claim], asked: list[Claim]) -> None:
    assert values(volume(trained), asked) == [slow_volume(trained, claim) for claim in asked]


@given(CLAIMS, ASKED)
def test_rates_agree_with_a_slow_count(trained: list[Claim], asked: list[Claim]) -> None:
    assert values(rate(trained), asked) == [slow_rate(trained, claim) for claim in asked]


@given(CLAIMS, ASKED)
def test_a_claim_alone_reads_what_it_reads_among_others(trained: list[Claim], asked: list[Claim]) -> None:
    for table in (volume(trained), rate(trained)):
        assert values(table, asked) == [value for claim in asked for value in values(table, [claim])]


@given(CLAIMS, st.randoms())
def test_tables_do_not_depend_on_the_order_of_claims(trained: list[Claim], random) -> None:
    shuffled = random.sample(trained, len(trained))

    assert volume(shuffled).model_dump_json() == volume(trained).model_dump_json()
    assert rate(shuffled).model_dump_json() == rate(trained).model_dump_json()


@given(CLAIMS, ASKED)
def test_tables_survive_json(trained: list[Claim], asked: list[Claim]) -> None:
    for table in (volume(trained), rate(trained)):
        back = type(table).model_validate_json(table.model_dump_json())
        assert values(back, asked) == values(table, asked)


def test_claims_after_the_as_of_month_read_it_as_it_stood() -> None:
    trained = [Claim("a", 0), Claim("a", 40), Claim("a", 70), Claim("b", 89, approved=False)]

    for table in (volume(trained), rate(trained)):
        soon, late = values(table, [Claim("a", 95), Claim("a", 9_000)])
        assert soon == late


def test_a_month_that_training_does_not_fill_is_left_out() -> None:
    whole, cut = [Claim("a", 0), Claim("a", 58)], [Claim("a", 0), Claim("a", 57)]  # to 28 and to 27 February

    assert values(volume(whole), [Claim("a", 9_000)]) == [1.0]
    assert values(volume(cut), [Claim("a", 9_000)]) == [1.0]
    assert (volume(whole).as_of_text, volume(cut).as_of_text) == ("1970-02", "1970-01")


def test_training_within_one_month_tells_nothing() -> None:
    trained = [Claim("a", 3), Claim("b", 20)]

    assert values(volume(trained), [*trained, Claim("a", 99)]) == [None] * 3
    assert values(rate(trained), [*trained, Claim("a", 99)]) == [0.0] * 3


def test_the_first_month_and_an_unknown_day_have_no_volume() -> None:
    table = volume([Claim("a", 0), Claim("a", 40)])

    assert np.isnan(table.values(categories([Claim("a", 0)] * 2), np.array([30.0, np.nan]))).all()


def test_without_an_event_time_there_is_no_rate() -> None:
    assert np.isnan(rate([Claim("a", 0)]).values(categories([Claim("a", 0)]), np.array([np.nan]))).all()


def test_a_few_outcomes_weigh_less_than_many() -> None:
    often, once = ([Claim(name, day) for day in days] for name, days in (("a", range(20)), ("b", [3])))
    others = [Claim("c", day, approved=False) for day in range(31)]
    often_rate, once_rate, unseen = values(
        rate([*often, *once, *others]), [Claim(name, 40) for name in ("a", "b", "never")]
    )

    assert often_rate is not None
    assert once_rate is not None
    assert often_rate > once_rate > 0 == unseen


def test_a_rate_is_measured_against_the_same_months() -> None:
    """When all are approved more often, a category that is approved like all stands where it stood."""
    lean = [Claim(name, day, approved=day % 2 == 0) for name in "ab" for day in range(30)]
    rich = [Claim(name, 200 + day) for name in "ab" for day in range(30)]

    assert values(rate([*lean, *rich]), [Claim("a", 40), Claim("a", 240)]) == [0.0, 0.0]


@pytest.mark.parametrize("name", ["a", "b", "never"])
def test_a_table_says_whom_it_knows(name: str) -> None:
    table = volume([Claim("a", 0), Claim("b", 40)])

    assert table.knows(categories([Claim(name, 9)])).tolist() == [name == "a"]  # February is not filled
