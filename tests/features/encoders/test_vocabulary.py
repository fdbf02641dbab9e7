"""Categories as codes: scikit-learn's own, with codes for the missing and the unseen."""

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from sklearn.preprocessing import OrdinalEncoder

from claims.data.batch import Batch, Categories
from claims.data.storage import encode_texts
from claims.features.encoders.encoder import FIRST, MISSING, UNSEEN, Resolution
from claims.features.encoders.vocabulary import LevelCounts, Vocabulary


def encode(texts: list[str | None] | NDArray) -> Categories:
    return encode_texts(pa.chunked_array([pa.array(list(texts), pa.string())]))


def vocabulary_of(values: Categories, min_frequency: int) -> Vocabulary:
    resolution = Resolution(min_frequency=min_frequency, bins=8, quantiles=50)
    return LevelCounts.of(values).finish(resolution, "median")


@pytest.mark.parametrize(
    ("text", "code"), [(None, MISSING), ("never", UNSEEN), ("", UNSEEN), ("a", FIRST), ("b", FIRST + 1)]
)
def test_a_text_has_the_code_of_its_level(text: str | None, code: int) -> None:
    assert Vocabulary(levels=("a", "b")).codes(encode([text])).tolist() == [code]


def test_sizes_count_missing_and_unseen() -> None:
    assert Vocabulary(levels=("a", "b")).size == 4


@pytest.mark.parametrize("name", ["provider_specialty", "facility_id", "diagnosis_primary", "facility_state"])
def test_codes_are_those_of_the_ordinal_encoder(batch: Batch, name: str) -> None:
    texts = batch.claims.categories(name).texts()
    known = texts[texts != None]  # noqa: E711 - element by element
    reference = OrdinalEncoder(
        min_frequency=20, handle_unknown="use_encoded_value", unknown_value=-1, dtype=np.int32
    ).fit(known[::2].reshape(-1, 1))
    vocabulary = vocabulary_of(encode(known[::2]), 20)
    asked = np.array([*known[1::2], "never seen"], dtype=object)

    expected = reference.transform(asked.reshape(-1, 1))[:, 0]
    rare = (expected < 0) | (expected >= len(vocabulary.levels))
    assert np.array_equal(vocabulary.codes(encode(asked)), np.where(rare, UNSEEN, expected + FIRST))


def test_what_is_never_known_has_no_level() -> None:
    nothing = encode([None])

    assert vocabulary_of(nothing, 1).codes(nothing).tolist() == [MISSING]
