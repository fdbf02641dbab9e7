"""The one feature path: bounded, the same for one claim and for many, the same after JSON."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claims.contract import Column, Contract
from claims.data.batch import Batch, Categories, ColumnData, Frame
from claims.data.storage import encode_texts
from claims.features.encoders.encoder import FIRST, MISSING, UNSEEN
from claims.features.encoders.presence import Presence
from claims.features.encoders.scale import Scale
from claims.features.extractor import FeatureExtractor, ModelInputs

SAME_FIXTURES = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ODD = {
    "identifier": st.none() | st.text(alphabet="ab01", min_size=1, max_size=4),
    "number": st.none() | st.floats(-1e300, 1e300),
    "money": st.none() | st.integers(-(2**53), 2**53),
    "date": st.none() | st.dates().map(lambda day: (day - dt.date(1970, 1, 1)).days),
    "category": st.none() | st.text(alphabet="AZ09;é\x1f", min_size=1, max_size=4),
    "list": st.none() | st.text(alphabet="AZ0;", min_size=1, max_size=9),
}


def same(left: ModelInputs, right: ModelInputs) -> bool:
    """Whether two inputs agree in every bit."""
    return left.codes.tobytes() == right.codes.tobytes() and left.numbers.tobytes() == right.numbers.tobytes()


def rows(inputs: ModelInputs, which: Any) -> ModelInputs:
    return ModelInputs(inputs.codes[which], inputs.numbers[which])


def typed(column: Column, values: list[Any]) -> ColumnData:
    if column.is_numeric:
        return np.array([np.nan if value is None else value for value in values], dtype=float)
    return encode_texts(pa.chunked_array([pa.array(values, pa.string())]))


def odd_frame(data: st.DataObject, columns: Mapping[str, Column], size: int) -> Frame:
    lists = {name: st.lists(ODD[c.type], min_size=size, max_size=size) for name, c in columns.items()}
    return Frame(size, {name: typed(columns[name], data.draw(values)) for name, values in lists.items()})


def with_column(batch: Batch, name: str, values: list[Any], column: Column) -> Batch:
    """The first claims of a batch with one column of theirs replaced."""
    taken = batch.take(np.arange(len(values)))
    columns = {**taken.claims.columns, name: typed(column, values)}
    return Batch(Frame(len(values), columns), taken.lines, taken.owner)


def codes_of(extractor: FeatureExtractor, inputs: ModelInputs, name: str) -> list[int]:
    """Codes of one column within its own range."""
    place = extractor.code_names.index(name)
    return (inputs.codes[:, place] - extractor.offsets[place]).tolist()


def numbers_of(extractor: FeatureExtractor, inputs: ModelInputs, name: str) -> list[float]:
    return inputs.numbers[:, extractor.number_names.index(name)].tolist()


@SAME_FIXTURES
@given(st.data(), st.integers(0, 4))
def test_whatever_a_claim_says_its_inputs_stay_within_their_ranges(
    extractor: FeatureExtractor, contract: Contract, data: st.DataObject, size: int
) -> None:
    owner = np.array(
        sorted(data.draw(st.lists(st.integers(0, size - 1), max_size=6))) if size else [], dtype=int
    )
    lines = odd_frame(data, contract.line_inputs, len(owner))

    inputs = extractor.transform(Batch(odd_frame(data, contract.inputs, size), lines, owner))

    first = np.array(extractor.offsets)
    assert ((first <= inputs.codes) & (inputs.codes < first + extractor.sizes)).all()
    assert (np.abs(inputs.numbers) <= 1).all()
    assert len(inputs) == size


class Narrow(Scale):
    """Gives more codes than it says."""

    @property
    def size(self) -> int:
        return FIRST + 1


def test_a_code_beyond_its_range_does_not_reach_the_next_column(
    extractor: FeatureExtractor, batch: Batch
) -> None:
    name = "days_since_last_claim"
    narrow = Narrow(**extractor.encoders[name].model_dump())
    shrunk = extractor.model_copy(update={"encoders": {name: narrow}})

    assert shrunk.transform(batch).codes.max() == shrunk.rows - 1


@pytest.mark.parametrize("claim", range(0, 200, 25))
def test_one_claim_at_a_time_gives_the_bits_of_the_batch(
    extractor: FeatureExtractor, batch: Batch, served: ModelInputs, claim: int
) -> None:
    for row in range(claim, claim + 25):
        assert same(extractor.transform(batch.take(np.array([row]))), rows(served, [row]))


@SAME_FIXTURES
@given(data=st.data())
def test_any_choice_and_order_of_claims_gives_the_same_bits(
    extractor: FeatureExtractor, batch: Batch, served: ModelInputs, data: st.DataObject
) -> None:
    chosen = np.array(data.draw(st.lists(st.integers(0, len(batch) - 1), min_size=1, max_size=40)))

    assert same(extractor.transform(batch.take(chosen)), rows(served, chosen))


def test_a_feature_path_survives_json(extractor: FeatureExtractor, batch: Batch, served: ModelInputs) -> None:
    back = FeatureExtractor.model_validate_json(extractor.model_dump_json())

    assert back == extractor
    assert same(back.transform(batch), served)


def test_missing_is_not_zero(extractor: FeatureExtractor, contract: Contract, batch: Batch) -> None:
    name = "days_since_last_claim"
    inputs = extractor.transform(with_column(batch, name, [None, 0.0], contract.columns[name]))

    missing, zero = codes_of(extractor, inputs, name)
    assert missing == MISSING
    assert zero >= FIRST
    assert numbers_of(extractor, inputs, f"{name}?") == [1.0, 0.0]


def test_missing_and_unseen_texts_have_codes_of_their_own(
    extractor: FeatureExtractor, contract: Contract, batch: Batch
) -> None:
    known = batch.claims.categories("payer_id").texts()[0]
    values = [None, "never seen", known]
    inputs = extractor.transform(with_column(batch, "payer_id", values, contract.columns["payer_id"]))

    missing, unseen, seen = codes_of(extractor, inputs, "payer_id")
    assert (missing, unseen) == (MISSING, UNSEEN)
    assert seen >= FIRST


def test_columns_share_one_table_without_overlap(extractor: FeatureExtractor) -> None:
    ends = [first + size for first, size in zip(extractor.offsets, extractor.sizes, strict=True)]

    assert [0, *ends] == [*extractor.offsets, extractor.rows]
    assert len(extractor.code_names) == len(extractor.sizes)


def test_names_stand_for_columns(extractor: FeatureExtractor, fitted: Any) -> None:
    assert fitted.inputs.codes.shape[1] == len(extractor.code_names)
    assert fitted.inputs.numbers.shape[1] == len(extractor.number_names)
    assert len(set(extractor.number_names)) == len(extractor.number_names)


def test_every_column_has_its_place_in_one_feature(extractor: FeatureExtractor) -> None:
    codes = [(name, place) for name, places in extractor.places.items() for place in places.codes]
    numbers = [(name, place) for name, places in extractor.places.items() for place in places.numbers]

    assert codes == [(name, place) for place, name in enumerate(extractor.code_names)]
    assert [place for _, place in numbers] == list(range(len(extractor.number_names)))
    assert all(re.split("[=?]", extractor.number_names[place])[0] == name for name, place in numbers)


def test_hidden_features_are_derived_and_not_encoded(extractor: FeatureExtractor, batch: Batch) -> None:
    assert "procedure_set" not in extractor.encoders
    assert isinstance(extractor.derive(batch)["procedure_set"], Categories)


def test_items_enter_as_flags_only(extractor: FeatureExtractor, served: ModelInputs) -> None:
    assert isinstance(extractor.encoders["diagnoses"], Presence)
    assert "diagnoses" not in extractor.code_names
    place = [index for index, name in enumerate(extractor.number_names) if name.startswith("diagnoses=")]
    assert set(np.unique(served.numbers[:, place])) == {0.0, 1.0}
