"""Nothing later than the month before a claim reaches its features, and a planted leak is found."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from claims.contract import Contract
from claims.contract.features import Prior
from claims.data.batch import Batch, Frame, months_of
from claims.features.encoders.encoder import Resolution
from claims.features.fit import fit
from claims.features.history import MonthlyTable
from claims.features.kinds.prior_rate import RateTable
from claims.features.rows import TrainingRows
from features.claims_by_month import (
    CLAIMS,
    Claim,
    came,
    categories,
    fit_rate,
    fit_volume,
    month,
    past,
)

Fit = Callable[[TrainingRows], MonthlyTable]
Day = Callable[[Claim], int]
COARSE = Resolution(min_frequency=20, bins=8, quantiles=20)


def read(fit_table: Fit, claims: list[Claim]) -> float:
    """What the first claim reads of a table fitted on all."""
    table = fit_table(past(claims))
    return float(np.nan_to_num(table.values(categories(claims), came(claims)), nan=-9.0)[0])


def check_no_leak(fit_table: Fit, day: Day) -> None:
    """What has its ``day`` in a claim's month or later may change, go or come; the claim reads the same."""

    @settings(max_examples=150, derandomize=True, database=None, phases=[Phase.generate])
    @given(CLAIMS, CLAIMS, st.booleans())
    def check(claims: list[Claim], others: list[Claim], approved: bool) -> None:
        asked = claims[0]
        begun = month(asked.came)
        earlier = [claim for claim in claims[1:] if month(day(claim)) < begun]
        later = [claim for claim in others if month(day(claim)) >= begun]

        told = [asked._replace(approved=approved), *earlier, *later]
        assert read(fit_table, told) == read(fit_table, claims)

    check()


def by_event_month(told: TrainingRows) -> MonthlyTable:
    return fit_rate(replace(told, known=told.days))


def with_the_own_month(told: TrainingRows) -> MonthlyTable:
    return fit_rate(replace(told, known=np.maximum(told.known - 31, told.days.min())))


class Timeless(RateTable):
    """Reads all that it has, whenever a claim comes."""

    def _window(self, days: NDArray) -> Any:
        return np.zeros(len(days), dtype=np.int64), np.full(len(days), self._span)


def of_all_months(told: TrainingRows) -> MonthlyTable:
    return Timeless(**fit_rate(told).model_dump())


def with_volumes_of_the_own_month(told: TrainingRows) -> MonthlyTable:
    return fit_volume(replace(told, values={**told.values, "came": told.days - 31}))


HONEST = {"volume": (fit_volume, lambda claim: claim.came), "rate": (fit_rate, lambda claim: claim.known)}
PLANTED = {
    "outcomes by the month of the event": (by_event_month, lambda claim: claim.known),
    "outcomes of the own month": (with_the_own_month, lambda claim: claim.known),
    "outcomes of all months": (of_all_months, lambda claim: claim.known),
    "claims of the own month": (with_volumes_of_the_own_month, lambda claim: claim.came),
}


@pytest.mark.parametrize(("fit_table", "day"), HONEST.values(), ids=HONEST)
def test_nothing_of_the_own_month_or_later_reaches_a_claim(fit_table: Fit, day: Day) -> None:
    check_no_leak(fit_table, day)


@pytest.mark.parametrize(("fit_table", "day"), PLANTED.values(), ids=PLANTED)
def test_a_planted_leak_is_caught(fit_table: Fit, day: Day) -> None:
    with pytest.raises(AssertionError):
        check_no_leak(fit_table, day)


def leaking(contract: Contract, batch: Batch, outcome: NDArray[np.float64]) -> set[str]:
    """Features from earlier claims that change when outcomes are turned round that become known later.

    The claims looked at came before a month from whose start on no outcome is to be known.
    """
    event, known = (batch.claims.numbers(name) for name in (contract.claims.event_time, "adjudicated_date"))
    begun = int(np.median(months_of(event)))
    turned = np.where(months_of(known) >= begun, 1 - outcome, outcome)
    columns = {**batch.claims.columns, "adjudicated_date": np.where(turned == outcome, known, known + 400)}
    changed = Batch(Frame(len(batch), columns), batch.lines, batch.owner)
    before, after = (
        fit(contract, claims, truth, COARSE, seed=1)[0].derive(claims)
        for claims, truth in ((batch, outcome), (changed, turned))
    )
    seen = months_of(event) <= begun
    history = [name for name, feature in contract.features.items() if isinstance(feature, Prior)]
    return {name for name in history if not np.array_equal(before[name][seen], after[name][seen], True)}


def test_outcomes_known_later_reach_no_feature(
    contract: Contract, batch: Batch, outcome: NDArray[np.float64]
) -> None:
    assert leaking(contract, batch, outcome) == set()


def test_a_contract_that_knows_outcomes_too_early_is_caught(
    contract: Contract, batch: Batch, outcome: NDArray[np.float64]
) -> None:
    hasty = contract.outcome.model_copy(update={"known_at": None, "mature_after_days": 0})
    planted = contract.model_copy(update={"outcome": hasty})

    assert leaking(planted, batch, outcome) == {"provider_rate"}


@pytest.mark.parametrize(("wait", "counted"), [(-50, True), (0, True), (np.nan, False)])
def test_an_outcome_counts_from_its_claim_on_and_only_once_known(wait: float, counted: bool) -> None:
    claims = [Claim("a", 40), Claim("b", 100)]
    days = came(claims)
    told = replace(past(claims), known=np.maximum(days, days + wait))

    table = fit_rate(told)

    assert table.categories == (("a",) if counted else ())
