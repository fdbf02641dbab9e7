"""`FeatureExtractor`: typed claims in, model inputs out. The one path of training and of serving."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from claims.base.strict import Strict
from claims.contract import features as kinds
from claims.contract.feature import Feature
from claims.contract.line_features import LineFeature
from claims.data.batch import Batch, Categories
from claims.features.derive import Value, Values, category, cross, derive, number
from claims.features.encode import Encoder, Presence, Scale, Vocabulary
from claims.features.fitted import Fitted, ItemVocabulary, TargetTable
from claims.features.history import MonthlyTable
from claims.features.lines import look_up


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
        """Those rows."""
        return ModelInputs(self.codes[rows], self.numbers[rows])

    def append(self, others: "ModelInputs") -> "ModelInputs":
        """These rows and then the others."""
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
    features: dict[str, kinds.AnyFeature]
    fitted: dict[str, Annotated[Fitted, Field(discriminator="kind")]]
    encoders: dict[str, Annotated[Encoder, Field(discriminator="kind")]]

    @classmethod
    def read(cls, path: Path) -> Self:
        """The extractor that featurize wrote."""
        return cls.model_validate_json(path.read_text(encoding="utf-8"))

    def transform(self, batch: Batch) -> ModelInputs:
        """Model inputs of n claims, each independent of the others in the batch."""
        return self.encode(self.derive(batch), len(batch))

    def derive(self, batch: Batch) -> dict[str, Value]:
        """Columns and every feature of the contract before encoding, hidden ones included."""
        values: dict[str, Value] = dict(batch.claims.columns)
        for name, feature in self.features.items():
            fitted = self.fitted.get(name)
            if fitted is None:
                values[name] = derive(feature, values, batch)
            elif isinstance(feature, LineFeature):
                values[name] = look_up(feature, fitted, values, batch)
            else:
                values[name] = apply(fitted, feature, values, self.event_time)
        return values

    def encode(self, derived: Mapping[str, Value], size: int) -> ModelInputs:
        """Assemble the network's two matrices, column by column."""
        codes = np.empty((size, len(self.code_names)), dtype=np.int32, order="F")  # filled by column
        numbers = np.empty((size, len(self.number_names)), dtype=np.float32, order="F")
        offsets, code, place = self.offsets, 0, 0
        for name, encoder in self.encoders.items():
            if not isinstance(encoder, Presence):
                last = encoder.size - 1  # beyond it lies the next column's range
                codes[:, code] = np.clip(_codes_of(encoder, name, derived), 0, last) + offsets[code]
                code += 1
            for column in _numbers_of(encoder, derived[name]):
                numbers[:, place] = column
                place += 1
        return ModelInputs(codes, numbers)

    @property
    def sizes(self) -> list[int]:
        """Codes of each column."""
        return [e.size for e in self.encoders.values() if not isinstance(e, Presence)]

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
        return [name for name, encoder in self.encoders.items() if not isinstance(encoder, Presence)]

    @property
    def number_names(self) -> list[str]:
        """Names of the columns of ``ModelInputs.numbers``."""
        return [
            name for feature, encoder in self.encoders.items() for name in _number_names(feature, encoder)
        ]

    @property
    def places(self) -> dict[str, Places]:
        """The columns of each feature, in the contract's order."""
        found, code, number = {}, 0, 0
        for name, encoder in self.encoders.items():
            codes, numbers = int(not isinstance(encoder, Presence)), len(_number_names(name, encoder))
            found[name] = Places([*range(code, code + codes)], [*range(number, number + numbers)])
            code, number = code + codes, number + numbers
        return found


def apply(fitted: Fitted, feature: Feature, values: Values, event_time: str) -> Value:
    """A feature that learned from training rows."""
    if isinstance(fitted, ItemVocabulary):
        return fitted.flags(category(values, feature.reads[0]))
    joint = cross([category(values, name) for name in feature.reads])
    if isinstance(fitted, TargetTable):
        return fitted.means_of(joint)
    if isinstance(fitted, MonthlyTable):
        return fitted.values(joint, number(values, event_time))
    raise TypeError(f"{fitted.kind} is looked up line by line")


def _number_names(feature: str, encoder: Encoder) -> list[str]:
    if isinstance(encoder, Presence):
        return [f"{feature}={name}" for name in encoder.names]
    if isinstance(encoder, Vocabulary):
        return []
    return [feature, f"{feature}?"] if encoder.indicator else [feature]


def _codes_of(encoder: Vocabulary | Scale, name: str, derived: Values) -> NDArray[np.int32]:
    if isinstance(encoder, Vocabulary):
        return encoder.codes(category(derived, name))
    return encoder.codes(number(derived, name))


def _numbers_of(encoder: Encoder, value: Value) -> Iterator[NDArray[np.floating]]:
    if isinstance(encoder, Vocabulary) or isinstance(value, Categories):
        return
    if isinstance(encoder, Presence):
        yield from value.T
        return
    yield encoder.scaled(value)
    if encoder.indicator:
        yield np.isnan(value).astype(np.float32)
