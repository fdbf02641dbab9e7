"""Model inputs with their outcomes, as one Parquet file a split."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from claims.contract import Contract
from claims.data.amounts import amounts
from claims.data.anomaly_labels import Anomalies
from claims.data.batch import Batch, Categories, Numbers
from claims.data.storage import encode_texts
from claims.features.extractor import FeatureExtractor, ModelInputs
from claims.features.groups import group_claims

_CODE, _NUMBER, _SLICE = "code:", "number:", "slice:"
_ANOMALY = "anomaly"


@dataclass(frozen=True)
class Labelled:
    """n claims ready to learn from or to be measured on.

    Attributes
    ----------
    inputs
        What the network reads.
    outcome
        float32 [n], 1 approved and 0 rejected.
    day
        float64 [n], event time in days since 1970-01-01.
    amount
        float64 [n], what the claim asks for in cents; NaN where unknown.
    identifiers
        Pseudonyms.
    slices
        Groups by which metrics are sliced.
    anomaly
        float32 [n], 1 found, 0 clean, NaN not known; None where the contract names no anomaly outcome.
    """

    inputs: ModelInputs
    outcome: NDArray[np.float32]
    day: Numbers
    amount: Numbers
    identifiers: Categories
    slices: dict[str, Categories]
    anomaly: Anomalies | None = None

    def __len__(self) -> int:
        return len(self.outcome)

    def take(self, rows: NDArray[np.int64]) -> "Labelled":
        """Take these claims."""
        return Labelled(
            inputs=self.inputs.take(rows),
            outcome=self.outcome[rows],
            day=self.day[rows],
            amount=self.amount[rows],
            identifiers=self.identifiers.take(rows),
            slices={name: column.take(rows) for name, column in self.slices.items()},
            anomaly=None if self.anomaly is None else self.anomaly[rows],
        )

    @classmethod
    def of(
        cls,
        contract: Contract,
        batch: Batch,
        inputs: ModelInputs,
        outcome: Numbers,
        anomaly: Anomalies | None = None,
    ) -> "Labelled":
        """Join inputs and outcomes with what measuring needs of the claims."""
        claims = batch.claims
        return cls(
            inputs=inputs,
            outcome=outcome.astype(np.float32),
            day=claims.numbers(contract.claims.event_time),
            amount=amounts(contract, claims),
            identifiers=claims.categories(contract.claims.identifier),
            slices={name: group_claims(contract, claims, name) for name in contract.sliced},
            anomaly=anomaly,
        )


def write_labelled(path: Path, extractor: FeatureExtractor, rows: Labelled) -> None:
    """Write a split; its columns carry the features' names."""
    columns: dict[str, object] = {
        "claim": pa.array(rows.identifiers.texts(), pa.string()),
        "day": rows.day.astype(np.int32),
        "outcome": rows.outcome,
        "amount": rows.amount,
    }
    columns |= {} if rows.anomaly is None else {_ANOMALY: rows.anomaly}
    columns |= {
        _SLICE + name: pa.array(c.texts(), pa.string()).dictionary_encode() for name, c in rows.slices.items()
    }
    columns |= {_CODE + name: rows.inputs.codes[:, index] for index, name in enumerate(extractor.code_names)}
    columns |= {
        _NUMBER + name: rows.inputs.numbers[:, index] for index, name in enumerate(extractor.number_names)
    }
    pq.write_table(pa.table(columns), path, compression="zstd")


def read_labelled(path: Path) -> Labelled:
    """Read a split."""
    table = pq.read_table(path)

    def matrix(prefix: str, kind: type) -> NDArray:
        names = [name for name in table.column_names if name.startswith(prefix)]
        columns = [table[name].to_numpy() for name in names]
        return np.stack(columns, axis=1).astype(kind) if names else np.empty((table.num_rows, 0), kind)

    slices = {
        name.removeprefix(_SLICE): encode_texts(table[name])
        for name in table.column_names
        if name.startswith(_SLICE)
    }
    return Labelled(
        inputs=ModelInputs(matrix(_CODE, np.int32), matrix(_NUMBER, np.float32)),
        outcome=table["outcome"].to_numpy(),
        day=table["day"].to_numpy().astype(np.float64),
        amount=table["amount"].to_numpy(),
        identifiers=encode_texts(table["claim"]),
        slices=slices,
        anomaly=table[_ANOMALY].to_numpy() if _ANOMALY in table.column_names else None,
    )


def concatenate(first: Labelled, second: Labelled) -> tuple[ModelInputs, NDArray[np.float32]]:
    """Return inputs and outcomes of two splits, one after the other."""
    return first.inputs.append(second.inputs), np.concatenate((first.outcome, second.outcome))


def audited(*splits: Labelled) -> tuple[ModelInputs, Anomalies]:
    """Return inputs and labels of the claims of splits whose anomaly is known, one after the other."""
    codes, numbers, labels = [], [], []
    for rows in splits:
        if rows.anomaly is not None:
            known = np.isfinite(rows.anomaly)
            codes.append(rows.inputs.codes[known])
            numbers.append(rows.inputs.numbers[known])
            labels.append(rows.anomaly[known])
    return ModelInputs(np.concatenate(codes), np.concatenate(numbers)), np.concatenate(labels)
