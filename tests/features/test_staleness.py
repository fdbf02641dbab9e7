"""What is lost by tables of earlier claims that stand still."""

import numpy as np
import pytest
from numpy.typing import NDArray

from claims.contract import Contract
from claims.data.batch import Batch
from claims.features.encoders.encoder import Resolution
from claims.features.fit import fit
from claims.features.staleness import measure_staleness

COARSE = Resolution(min_frequency=20, bins=8, quantiles=20)


@pytest.fixture(scope="module")
def early(batch: Batch) -> NDArray[np.int64]:
    """The earlier half of the demo claims."""
    return np.argsort(batch.claims.numbers("received_date"), kind="stable")[: len(batch) // 2]


def test_what_a_standing_table_loses_is_measured(
    contract: Contract, batch: Batch, outcome: NDArray[np.float64], early: NDArray[np.int64]
) -> None:
    extractor, _ = fit(contract, batch.take(early), outcome[early], COARSE, seed=1)
    late = np.setdiff1d(np.arange(len(batch)), early)

    losses = measure_staleness(contract, extractor, batch, outcome, late)

    members = batch.claims.categories("member_id").texts()
    strangers = np.mean(~np.isin(members[late].astype(str), members[early].astype(str)))
    assert losses["member_recent_claims"].unknown_share >= strangers > 0
    assert all(0 < loss.mean_difference < 3 * loss.spread for loss in losses.values())


def test_a_table_that_was_just_refreshed_loses_nothing(
    contract: Contract, batch: Batch, outcome: NDArray[np.float64], early: NDArray[np.int64]
) -> None:
    extractor, _ = fit(contract, batch, outcome, COARSE, seed=1)

    losses = measure_staleness(contract, extractor, batch, outcome, early)

    assert losses.keys() == {name for name, feature in contract.features.items() if feature.needs_event_time}
    assert {loss.mean_difference for loss in losses.values()} == {0.0}


def test_a_table_that_says_nothing_has_no_difference(
    contract: Contract, batch: Batch, outcome: NDArray[np.float64]
) -> None:
    event = batch.claims.numbers("received_date")
    first = np.flatnonzero(event < event.min() + 20)
    extractor, _ = fit(contract, batch.take(first), outcome[first], COARSE, seed=1)

    losses = measure_staleness(contract, extractor, batch, outcome, np.flatnonzero(event > event.min() + 40))

    assert losses["provider_volume"].mean_difference is None


def test_a_contract_without_history_has_nothing_to_lose(
    contract: Contract, batch: Batch, outcome: NDArray[np.float64]
) -> None:
    plain = {name: feature for name, feature in contract.features.items() if not feature.needs_event_time}
    bare = contract.model_copy(update={"features": plain})
    extractor, _ = fit(bare, batch, outcome, COARSE, seed=1)

    assert measure_staleness(bare, extractor, batch, outcome, np.arange(9)) == {}
