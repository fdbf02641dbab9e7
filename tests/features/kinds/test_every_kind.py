"""What every kind of feature keeps to: a kind is tested here by being declared and registered."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from claims.contract import Contract
from claims.contract.feature import Feature
from claims.data.batch import Categories
from claims.features.encoders.encoder import Resolution
from claims.features.extractor import FeatureExtractor, ModelInputs
from claims.features.fit import Part, fit, fit_parts
from claims.features.kinds import registry
from claims.features.kinds.kind import LearnedKind, Lesson
from claims.features.rows import Flags, Rows, TrainingRows, Value
from features.declarations import KINDS, contract_of, declarations
from features.small_claims import EMPTY, STRANGE, Claim, batch_of, claims, outcome_of

RESOLUTION = Resolution(min_frequency=2, bins=3, quantiles=5)
TYPES = {"number": np.ndarray, "category": Categories, "list": Categories, "flags": Flags}
of_every_kind = pytest.mark.parametrize("feature", declarations().values(), ids=declarations())
briefly = settings(max_examples=10)


def learn(feature: Feature, training: list[Claim]) -> FeatureExtractor:
    contract = contract_of(feature)
    return fit(contract, batch_of(training), outcome_of(training), RESOLUTION, seed=1)[0]


def bits(inputs: ModelInputs, rows: NDArray | list[int] | None = None) -> tuple[bytes, bytes]:
    chosen = np.arange(len(inputs)) if rows is None else rows
    return inputs.codes[chosen].tobytes(), inputs.numbers[chosen].tobytes()


def test_every_kind_that_can_be_declared_is_registered() -> None:
    assert set(registry.KINDS) == set(KINDS) == {type(feature) for feature in declarations().values()}


@of_every_kind
def test_a_contract_takes_each_declaration(feature: Feature) -> None:
    contract = contract_of(feature)

    assert Contract.model_validate(contract.model_dump()) == contract


@of_every_kind
@briefly
@given(training=claims(), asked=claims(), data=st.data())
def test_a_claim_reads_the_same_bits_alone_and_in_any_company(
    feature: Feature, training: list[Claim], asked: list[Claim], data: st.DataObject
) -> None:
    extractor, asked = learn(feature, training), [*asked, STRANGE, EMPTY]
    chosen = data.draw(st.lists(st.integers(0, len(asked) - 1), min_size=1, max_size=9))

    together = extractor.transform(batch_of(asked))

    assert bits(extractor.transform(batch_of([asked[row] for row in chosen]))) == bits(together, chosen)
    for row, claim in enumerate(asked):
        assert bits(extractor.transform(batch_of([claim]))) == bits(together, [row])


@of_every_kind
@briefly
@given(training=claims())
def test_whatever_a_claim_says_its_inputs_stay_within_their_ranges(
    feature: Feature, training: list[Claim]
) -> None:
    extractor = learn(feature, training)

    inputs = extractor.transform(batch_of([STRANGE, EMPTY]))

    first = np.array(extractor.offsets)[: len(extractor.sizes)]
    assert ((first <= inputs.codes) & (inputs.codes < first + extractor.sizes)).all()
    assert (np.abs(inputs.numbers) <= 1).all()


@of_every_kind
@briefly
@given(training=claims())
def test_no_claims_give_no_inputs(feature: Feature, training: list[Claim]) -> None:
    assert len(learn(feature, training).transform(batch_of([]))) == 0


@of_every_kind
@briefly
@given(training=claims(), asked=claims())
def test_what_was_learned_survives_json(feature: Feature, training: list[Claim], asked: list[Claim]) -> None:
    extractor, batch = learn(feature, training), batch_of([*asked, STRANGE, EMPTY])

    back = FeatureExtractor.model_validate_json(extractor.model_dump_json())

    assert back == extractor
    assert bits(back.transform(batch)) == bits(extractor.transform(batch))


@of_every_kind
@briefly
@given(training=claims())
def test_a_kind_gives_the_type_that_it_declares(feature: Feature, training: list[Claim]) -> None:
    extractor = learn(feature, training)
    source = contract_of(feature).columns[feature.reads[0]].type if feature.reads else ""

    value = extractor.derive(batch_of([*training, EMPTY]))["it"]

    assert isinstance(value, TYPES[feature.gives(source)])


@of_every_kind
@briefly
@given(training=claims(), data=st.data())
def test_any_partition_and_order_of_the_claims_gives_the_same_fit(
    feature: Feature, training: list[Claim], data: st.DataObject
) -> None:
    contract = contract_of(feature)
    order = data.draw(st.permutations(range(len(training))))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(order)), max_size=4)))
    pieces = [order[a:b] for a, b in zip([0, *cuts], [*cuts, len(order)], strict=True)]
    parts = [[training[row] for row in piece] for piece in pieces]

    whole, inputs = fit(contract, batch_of(training), outcome_of(training), RESOLUTION, seed=1)
    divided, own = fit_parts(
        contract, [Part(batch_of(part), outcome_of(part)) for part in parts], RESOLUTION, seed=1
    )

    assert divided.model_dump_json() == whole.model_dump_json()
    assert [bits(part) for part in own] == [bits(inputs, piece) for piece in pieces]


@of_every_kind
@briefly
@given(training=claims(), data=st.data())
def test_no_training_claim_reads_its_own_outcome(
    feature: Feature, training: list[Claim], data: st.DataObject
) -> None:
    row = data.draw(st.integers(0, len(training) - 1))
    turned = [*training]
    turned[row] = training[row]._replace(approved=not training[row].approved)

    assert plain(own_values(feature, turned))[row] == plain(own_values(feature, training))[row]


def own_values(feature: Feature, training: list[Claim]) -> Value:
    """What training claims read of the feature."""
    contract, batch, kind = contract_of(feature), batch_of(training), registry.kind_of(feature)
    rows = TrainingRows.of(contract, batch, batch.claims.columns, outcome_of(training), seed=1)
    if not isinstance(kind, LearnedKind):
        return kind.transform(None, Rows(batch, batch.claims.columns, "came"))
    summary = kind.summarise(rows)
    return kind.training_values(Lesson(summary, kind.finish(summary)), rows)


def plain(value: Value) -> list[bytes | str | None]:
    if isinstance(value, Categories):
        return list(value.texts())
    return [row.tobytes() for row in (value.marks if isinstance(value, Flags) else value[:, None])]
