"""What claims ask for."""

import numpy as np

from claims.contract import Contract
from claims.data.amounts import amounts
from claims.data.batch import Batch


def test_the_contracts_amount_is_in_cents(contract: Contract, batch: Batch) -> None:
    cents = amounts(contract, batch.claims)
    np.testing.assert_array_equal(cents, batch.claims.numbers("total_charge"))
    assert (cents == np.round(cents)).all()


def test_a_contract_without_amount_knows_none(contract: Contract, batch: Batch) -> None:
    cents = amounts(contract.model_copy(update={"amount": None}), batch.claims)
    assert cents.shape == (len(batch),)
    assert np.isnan(cents).all()
