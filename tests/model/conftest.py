"""TensorFlow as the stages set it up, before any test uses it; and golden claims."""

import numpy as np
import pytest

from claims.columns.anomaly_labels import anomalies
from claims.features.matrices import Labelled
from claims.pipeline.parity import choose_golden
from claims.sources.parts import partition
from model_parts import FEW_GOLDEN, first_rows


@pytest.fixture(scope="session", autouse=True)
def from_the_start(deterministic) -> None:
    """Before any test of these uses it."""


@pytest.fixture(scope="session")
def test(contract, batch, outcome, fitted) -> Labelled:
    """All demo claims with the inputs that serving gives them."""
    found = anomalies(contract, batch.claims)
    return Labelled.of(contract, batch, fitted.extractor.transform(batch), outcome, found)


@pytest.fixture(scope="session")
def golden(contract, batch, snapshot, test):
    return choose_golden(contract, batch, partition(contract, snapshot)["claims"], test)


@pytest.fixture(scope="session")
def few(golden):
    """The first golden claims."""
    claims, stored = golden
    return claims.take(np.arange(FEW_GOLDEN)), first_rows(stored, slice(0, FEW_GOLDEN))
