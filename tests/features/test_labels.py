"""Labels of each split: what audits say of its claims, counted; none where the contract names no audit."""

import numpy as np
import pytest

from claims.base.errors import DataError
from claims.contract import Contract
from claims.data.anomaly_labels import anomalies
from claims.data.batch import Batch
from claims.data.windows import SPLITS
from claims.features.labels import count_labels, label_splits
from claims.results.featurize import LabelCounts


def quarters(batch: Batch) -> dict[str, np.ndarray]:
    return dict(zip(SPLITS, np.array_split(np.arange(len(batch)), 4), strict=True))


def test_each_split_has_the_labels_of_its_claims(contract: Contract, batch: Batch) -> None:
    known, rows = anomalies(contract, batch.claims), quarters(batch)

    labels = label_splits(contract, batch.claims, rows)

    assert known is not None
    assert [np.array_equal(labels[name], known[rows[name]], equal_nan=True) for name in SPLITS] == [True] * 4


def test_a_contract_without_audits_labels_nothing(contract: Contract, batch: Batch) -> None:
    outcome = contract.outcome.model_copy(update={"anomaly": None})

    assert label_splits(contract.model_copy(update={"outcome": outcome}), batch.claims, quarters(batch)) == {}


def test_a_split_to_learn_from_needs_a_finding(contract: Contract, batch: Batch) -> None:
    known = anomalies(contract, batch.claims)
    assert known is not None
    rows = quarters(batch) | {"calibration": np.flatnonzero(known == 0)}

    with pytest.raises(DataError, match="calibration has 0 findings"):
        label_splits(contract, batch.claims, rows)


def test_labels_are_counted() -> None:
    label = np.array([1, 0, 0, np.nan, np.nan, np.nan], dtype=np.float32)

    assert count_labels(label) == LabelCounts(found=1, clean=2, unknown=3)
