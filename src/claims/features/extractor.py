"""`FeatureExtractor`: typed claims in, model inputs out. The one path of training and of serving."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from claims.base.strict import Strict
from claims.contract.features import AnyFeature
from claims.data.batch import Batch
from claims.features.encoders.encoder import FeatureEncoder
from claims.features.encoders.registry import Encoder
from claims.features.kinds.registry import Fitted, kind_of
from claims.features.rows import Rows, Value


@dataclass(frozen=True)
class ModelInputs:
    """What the network reads.

    Attributes
    ----------
    codes
        int32 [n, C], rows of the shared embedding table: each column has its own range of rows.
    numbers
        float32 [n, K] in [−1, 1].
    """

    codes: NDArray[np.int32]
    numbers: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, rows: NDArray[np.int64]) -> "ModelInputs":
        """Take these rows."""
        return ModelInputs(self.codes[rows], self.numbers[rows])

    def append(self, others: "ModelInputs") -> "ModelInputs":
        """Put other rows behind these."""
        return ModelInputs(
            np.concatenate((self.codes, others.codes)), np.concatenate((self.numbers, others.numbers))
        )


@dataclass(frozen=True)
class Places:
    """Which columns of ``ModelInputs.codes`` and of ``ModelInputs.numbers`` one feature fills."""

    codes: list[int]
    numbers: list[int]


class FeatureExtractor(Strict):
    """The fitted feature path; JSON through ``model_dump_json`` and ``model_validate_json``.

    Attributes
    ----------
    event_time
        The column that dates a claim.
    features
        Declarations, in the contract's order.
    fitted, encoders
        What was learned from training rows, by feature.
    """

    event_time: str
    features: dict[str, AnyFeature]
    fitted: dict[str, Annotated[Fitted, Field(discriminator="kind")]]
    encoders: dict[str, Annotated[Encoder, Field(discriminator="kind")]]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the extractor that featurize wrote."""
        return cls.model_validate_json(path.read_text(encoding="utf-8"))

    def transform(self, batch: Batch) -> ModelInputs:
        """Make model inputs of n claims, each independent of the others in the batch."""
        return self.encode(self.derive(batch), len(batch))

    def derive(self, batch: Batch) -> dict[str, Value]:
        """Compute every feature of the contract, hidden ones included; returned with the columns."""
        values: dict[str, Value] = dict(batch.claims.columns)
        rows = Rows(batch, values, self.event_time)
        for name, feature in self.features.items():
            values[name] = kind_of(feature).transform(self.fitted.get(name), rows)
        return values

    def encode(self, derived: Mapping[str, Value], size: int) -> ModelInputs:
        """Assemble the network's two matrices, column by column."""
        codes = np.empty((size, len(self.code_names)), dtype=np.int32, order="F")  # filled by column
        numbers = np.empty((size, len(self.number_names)), dtype=np.float32, order="F")
        offsets, places = self.offsets, self.places
        encoders: Mapping[str, FeatureEncoder] = self.encoders
        for name, encoder in encoders.items():
            for place in places[name].codes:
                last = encoder.size - 1  # beyond it lies the next column's range
                codes[:, place] = np.clip(encoder.codes(derived[name]), 0, last) + offsets[place]
            columns = encoder.numbers(derived[name])
            for place, column in zip(places[name].numbers, columns, strict=True):
                numbers[:, place] = column
        return ModelInputs(codes, numbers)

    @property
    def sizes(self) -> list[int]:
        """Codes of each column."""
        return [encoder.size for encoder in self.encoders.values() if encoder.size]

    @property
    def offsets(self) -> list[int]:
        """First row of the shared table for each column of codes."""
        return [0, *np.cumsum(self.sizes).tolist()[:-1]]

    @property
    def rows(self) -> int:
        """Rows of the shared table."""
        return sum(self.sizes)

    @property
    def code_names(self) -> list[str]:
        """Names of the columns of ``ModelInputs.codes``."""
        return [name for name, encoder in self.encoders.items() if encoder.size]

    @property
    def number_names(self) -> list[str]:
        """Names of the columns of ``ModelInputs.numbers``."""
        return [name for feature, encoder in self.encoders.items() for name in encoder.number_names(feature)]

    @property
    def places(self) -> dict[str, Places]:
        """The columns of each feature, in the contract's order."""
        places, code, number = {}, 0, 0
        for name, encoder in self.encoders.items():
            codes, numbers = int(encoder.size > 0), len(encoder.number_names(name))
            places[name] = Places([*range(code, code + codes)], [*range(number, number + numbers)])
            code, number = code + codes, number + numbers
        return places
