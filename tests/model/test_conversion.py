"""Three variants of one network, and the rows that set the int8 ranges."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from claims.columns.batch import Categories
from claims.features.matrices import Labelled
from claims.model.conversion import choose_representative
from claims.model.interpreter import TFLiteModel
from claims.model.network import predict_logits
from model_parts import Parts, convert_variant

IO = {"float32": np.float32, "int8": np.int8, "uint8": np.uint8}


@pytest.fixture(scope="module")
def int8_by_io(parts: Parts) -> dict[str, bytes]:
    others = {io: convert_variant(parts.candidate, parts.rows, "int8", io) for io in ("int8", "uint8")}
    return {"float32": parts.variants["int8"]} | others


def opened(content: bytes) -> Interpreter:
    plain = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES  # a delegate would hide tensors
    interpreter = Interpreter(model_content=content, experimental_op_resolver_type=plain)
    interpreter.allocate_tensors()
    return interpreter


def share_of(rows: Labelled, chosen: np.ndarray, name: str) -> dict[int, float]:
    codes = rows.slices[name].codes[chosen]
    return {code: count / len(chosen) for code, count in Counter(codes.tolist()).items()}


@pytest.mark.parametrize(
    ("variant", "share", "limit"), [("float32", 1.0, 1e-5), ("dynamic", 0.99, 0.05), ("int8", 0.99, 0.25)]
)
def test_every_variant_follows_keras(parts: Parts, variant: str, share: float, limit: float) -> None:
    expected = predict_logits(parts.keras, parts.rows.inputs)
    found = TFLiteModel(parts.variants[variant]).logits(parts.rows.inputs)
    assert np.quantile(np.abs(found - expected), share) <= limit
    assert np.corrcoef(found, expected)[0, 1] > 0.99


def test_quantized_variants_are_smaller(parts: Parts) -> None:
    sizes = {name: len(content) for name, content in parts.variants.items()}
    assert max(sizes["dynamic"], sizes["int8"]) < 0.5 * sizes["float32"]


def test_conversion_is_repeatable(parts: Parts) -> None:
    assert convert_variant(parts.candidate, parts.rows, "int8") == parts.variants["int8"]


@pytest.mark.parametrize("io", IO)
def test_the_int8_graph_computes_in_integers_alone(int8_by_io: dict[str, bytes], io: str) -> None:
    interpreter = opened(int8_by_io[io])
    inputs, outputs = interpreter.get_input_details(), interpreter.get_output_details()
    types = {("codes" if "codes" in d["name"] else "numbers"): d["dtype"] for d in inputs}
    assert types == {"codes": np.int32, "numbers": IO[io]}
    assert [details["dtype"] for details in outputs] == [IO[io], IO[io]]  # approval and anomaly
    boundary = {details["index"] for details in (*inputs, *outputs)}
    floats = {d["index"] for d in interpreter.get_tensor_details() if d["dtype"] == np.float32}
    assert floats <= boundary
    assert bool(floats) == (io == "float32")


def test_legal_types_of_the_boundary_score_alike(parts: Parts, int8_by_io: dict[str, bytes]) -> None:
    logits = {io: TFLiteModel(content).logits(parts.rows.inputs) for io, content in int8_by_io.items()}
    step = opened(int8_by_io["int8"]).get_output_details()[0]["quantization"][0]
    for io in ("int8", "uint8"):
        assert np.abs(logits[io] - logits["float32"]).max() <= 1.001 * step, io


@pytest.mark.parametrize("count", [100, 300, 500])
def test_the_representative_rows_are_as_many_as_asked_and_distinct(labelled, count: int) -> None:
    chosen = choose_representative(labelled, count, seed=1)
    assert len(set(chosen.tolist())) == len(chosen) == count
    assert (np.diff(chosen) > 0).all()


def test_few_rows_are_all_representative(labelled) -> None:
    few = replace(
        labelled,
        outcome=labelled.outcome[:50],
        slices={name: column.take(np.arange(50)) for name, column in labelled.slices.items()},
    )
    assert choose_representative(few, 100, seed=1).tolist() == list(range(50))


def test_the_seed_decides_the_representative_rows(labelled) -> None:
    one, two, other = (choose_representative(labelled, 300, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, two)
    assert not np.array_equal(one, other)


def test_every_slice_is_represented_with_both_of_its_outcomes(labelled) -> None:
    chosen = choose_representative(labelled, 300, seed=1)
    for name, column in labelled.slices.items():
        strata = list(zip(column.codes.tolist(), labelled.outcome.tolist(), strict=True))
        assert {strata[row] for row in chosen} == set(strata), name


def test_representative_rows_are_in_proportion(labelled) -> None:
    chosen = choose_representative(labelled, 300, seed=1)
    everywhere = np.arange(len(labelled))
    assert labelled.outcome[chosen].mean() == pytest.approx(labelled.outcome.mean(), abs=0.05)
    for name in labelled.slices:
        share = share_of(labelled, chosen, name)
        for value, expected in share_of(labelled, everywhere, name).items():
            assert share[value] == pytest.approx(expected, abs=0.06), (name, value)


def test_a_value_of_one_claim_is_represented(labelled) -> None:
    codes = np.zeros(len(labelled), np.int32)
    codes[1234] = 1
    rare = replace(labelled, slices={"rare": Categories(codes, ["common", "rare"])})
    assert 1234 in choose_representative(rare, 100, seed=1)


def test_claims_without_slices_are_stratified_over_outcomes(labelled) -> None:
    chosen = choose_representative(replace(labelled, slices={}), 100, seed=1)
    assert labelled.outcome[chosen].mean() == pytest.approx(labelled.outcome.mean(), abs=0.02)
