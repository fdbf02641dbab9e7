"""What feature kinds read: values of the type they ask for, and outcomes with the day they became known."""

import numpy as np
import pytest

from claims.contract import Contract
from claims.data.batch import Batch, Categories, Frame
from claims.features.rows import Flags, Rows, TrainingRows

CODES = Categories(np.zeros(1, dtype=np.int32), ["A"])
FLAGS = Flags(("x",), np.ones((1, 1), dtype=np.float32))


def test_a_value_of_another_type_is_a_mistake_in_the_code() -> None:
    rows = Rows(Batch(Frame(1, {})), {"amount": np.ones(1), "code": CODES, "flags": FLAGS}, "day")

    with pytest.raises(TypeError, match="code holds texts"):
        rows.numbers("code")
    with pytest.raises(TypeError, match="flags holds flags"):
        rows.numbers("flags")
    with pytest.raises(TypeError, match="amount holds numbers"):
        rows.categories("amount")


def test_an_outcome_is_known_when_its_column_says_so(contract: Contract, batch: Batch) -> None:
    told = TrainingRows.of(contract, batch, batch.claims.columns, np.zeros(len(batch)))

    assert np.array_equal(told.known, batch.claims.numbers("adjudicated_date"))


def test_an_outcome_without_a_date_matures(contract: Contract, batch: Batch) -> None:
    outcome = contract.outcome.model_copy(update={"known_at": None, "mature_after_days": 90})
    undated = contract.model_copy(update={"outcome": outcome})
    told = TrainingRows.of(undated, batch, batch.claims.columns, np.zeros(len(batch)))

    assert np.array_equal(told.known, batch.claims.numbers("received_date") + 90)
