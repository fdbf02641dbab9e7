"""Model inputs with their outcomes, in memory and in files."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray

from claims.contract import Contract
from claims.data.anomaly_labels import anomalies
from claims.data.batch import Batch
from claims.features.extractor import FeatureExtractor
from claims.features.matrices import Labelled, audited, concatenate, read_labelled, write_labelled


@pytest.fixture(scope="module")
def labelled(contract: Contract, batch: Batch, outcome: NDArray[np.float64], fitted: Any) -> Labelled:
    return Labelled.of(contract, batch, fitted.inputs, outcome, anomalies(contract, batch.claims))


def test_a_written_split_is_read_back(
    tmp_path: Path, extractor: FeatureExtractor, labelled: Labelled
) -> None:
    write_labelled(tmp_path / "train.parquet", extractor, labelled)
    back = read_labelled(tmp_path / "train.parquet")

    assert np.array_equal(back.inputs.codes, labelled.inputs.codes)
    assert np.array_equal(back.inputs.numbers, labelled.inputs.numbers)
    assert np.array_equal(back.outcome, labelled.outcome)
    assert np.array_equal(back.anomaly, labelled.anomaly, equal_nan=True)
    assert np.array_equal(back.day, labelled.day)
    assert np.array_equal(back.amount, labelled.amount)
    assert back.identifiers.texts().tolist() == labelled.identifiers.texts().tolist()
    assert {name: column.texts().tolist() for name, column in back.slices.items()} == {
        name: column.texts().tolist() for name, column in labelled.slices.items()
    }


def test_unknown_amounts_are_read_back(
    tmp_path: Path, contract: Contract, extractor: FeatureExtractor, batch: Batch, labelled: Labelled
) -> None:
    nameless = contract.model_copy(update={"amount": None})
    unknown = Labelled.of(nameless, batch, labelled.inputs, labelled.outcome.astype(np.float64))
    write_labelled(tmp_path / "train.parquet", extractor, unknown)

    assert np.isnan(read_labelled(tmp_path / "train.parquet").amount).all()


def test_slices_are_those_of_the_contract(contract: Contract, labelled: Labelled) -> None:
    assert tuple(labelled.slices) == contract.sliced
    assert "member_sex" in labelled.slices


def test_splits_follow_one_another(labelled: Labelled) -> None:
    inputs, outcome = concatenate(labelled, labelled)

    assert np.array_equal(inputs.codes, np.tile(labelled.inputs.codes, (2, 1)))
    assert np.array_equal(inputs.numbers, np.tile(labelled.inputs.numbers, (2, 1)))
    assert np.array_equal(outcome, np.tile(labelled.outcome, 2))


def test_without_an_anomaly_outcome_a_split_has_no_such_column(
    tmp_path: Path, extractor: FeatureExtractor, labelled: Labelled
) -> None:
    write_labelled(tmp_path / "train.parquet", extractor, replace(labelled, anomaly=None))
    assert "anomaly" not in pq.read_schema(tmp_path / "train.parquet").names
    assert read_labelled(tmp_path / "train.parquet").anomaly is None


def test_audited_claims_of_all_splits_and_no_others_teach_anomalies(labelled: Labelled) -> None:
    inputs, labels = audited(labelled, labelled)
    known = np.isfinite(labelled.anomaly)
    assert 0 < known.sum() < len(labelled)
    assert np.array_equal(inputs.codes, np.tile(labelled.inputs.codes[known], (2, 1)))
    assert np.array_equal(inputs.numbers, np.tile(labelled.inputs.numbers[known], (2, 1)))
    assert np.array_equal(labels, np.tile(labelled.anomaly[known], 2))
