"""The proofs of `verify`: they hold for an honest model, and each catches the fault it is there for."""

import numpy as np
import pytest

from claims.base.errors import GateError
from claims.config.params import Verify
from claims.features.extractor import ModelInputs
from claims.features.matrices import Labelled
from claims.quantization.graph import Graph
from claims.results.verify import Agreement
from claims.training.network import predict_outputs
from claims.verification import parity
from claims.verification.parity import (
    check_float32,
    check_interpreters,
    check_one_by_one,
    check_variants,
)
from claims.verification.tensorflow_interpreter import run_by_tensorflow
from model_parts import FEW_GOLDEN as FEW
from model_parts import Parts

LIMITS = Verify(max_float32_difference=1e-5, max_variant_quanta=6.0, max_cut=0.05, max_interpreter_quanta=1.0)


@pytest.fixture
def altered(few) -> ModelInputs:
    """Stored inputs that a test may damage."""
    return ModelInputs(few[1].codes.copy(), few[1].numbers.copy())


def test_golden_claims_are_spread_over_the_test_window(contract, golden, test: Labelled) -> None:
    claims, stored = golden
    days = claims.claims.numbers(contract.claims.event_time)
    assert len(claims) == len(stored) == 200
    assert (days[0], days[-1]) == (test.day[0], test.day[-1])


def test_claims_one_by_one_give_the_inputs_of_the_batch(contract, fitted, few) -> None:
    assert check_one_by_one(contract, fitted.extractor, *few) == Agreement(claims=FEW)


@pytest.mark.parametrize("row", [0, 7, FEW - 1])
def test_a_code_shifted_by_one_is_caught(contract, fitted, few, altered: ModelInputs, row: int) -> None:
    altered.codes[row, fitted.extractor.code_names.index("payer_id")] += 1
    with pytest.raises(GateError, match=r"features: payer_id differ"):
        check_one_by_one(contract, fitted.extractor, few[0], altered)


def test_a_number_off_by_its_last_bit_is_caught(contract, fitted, few, altered: ModelInputs) -> None:
    numbers = altered.numbers.view("int32")
    numbers[5, fitted.extractor.number_names.index("total_charge_log")] ^= 1
    with pytest.raises(GateError, match=r"features: total_charge_log differ"):
        check_one_by_one(contract, fitted.extractor, few[0], altered)


def test_float32_follows_keras(parts: Parts, test: Labelled) -> None:
    outputs = predict_outputs(parts.keras, test.inputs)
    proof = check_float32(outputs, parts.variants["float32"], parts.package.rules, test, LIMITS)
    assert proof.claims == len(test)
    assert 0 < proof.largest_difference <= 1e-5


@pytest.mark.parametrize("output", [0, 1])
@pytest.mark.parametrize("fault", [1e-3, float("nan")])
def test_a_graph_of_other_weights_is_caught(parts: Parts, test: Labelled, fault: float, output: int) -> None:
    outputs = predict_outputs(parts.keras, test.inputs)
    outputs[output][7] += fault
    with pytest.raises(GateError, match=r"float32: Keras and float32 TFLite scores differ"):
        check_float32(outputs, parts.variants["float32"], parts.package.rules, test, LIMITS)


def test_a_quantized_graph_is_no_float32(parts: Parts, test: Labelled) -> None:
    outputs = predict_outputs(parts.keras, test.inputs)
    with pytest.raises(GateError, match=r"float32"):
        check_float32(outputs, parts.variants["int8"], parts.package.rules, test, LIMITS)


def test_every_variant_follows_keras(parts: Parts, golden) -> None:
    outputs = predict_outputs(parts.keras, golden[1])
    proof = check_variants(outputs, parts.variants, golden[1], LIMITS)
    assert set(proof) == set(parts.variants)
    assert proof["float32"].logit.quanta < 0.01 < proof["int8"].logit.quanta < 6
    assert proof["int8"].anomaly is not None


@pytest.mark.parametrize("output", ["logit", "anomaly"])
@pytest.mark.parametrize("variant", ["float32", "int8"])
def test_a_variant_far_from_keras_is_caught(parts: Parts, golden, variant: str, output: str) -> None:
    keras = predict_outputs(parts.keras, golden[1])
    logits = getattr(keras, output)
    logits[5] = logits.mean() + (-0.5 if logits[5] > logits.mean() else 0.5) * np.ptp(logits)
    with pytest.raises(GateError, match=rf"{variant}: {output} lies \d+\.\d quanta from Keras'.*limit 6"):
        check_variants(keras, {variant: parts.variants[variant]}, golden[1], LIMITS)


def test_a_logit_that_int8_cannot_hold_is_cut_and_counted(parts: Parts, golden) -> None:
    keras = predict_outputs(parts.keras, golden[1])
    largest = int(np.argmax(keras.logit))
    keras.logit[largest] = 1e3
    lifted = ModelInputs(golden[1].codes[largest:], golden[1].numbers[largest:])
    limits = LIMITS.model_copy(update={"max_variant_quanta": 255.0})
    rows = type(keras)(*(part[largest:] for part in keras))
    proof = check_variants(
        rows, {"int8": parts.variants["int8"]}, lifted, limits.model_copy(update={"max_cut": 0.5})
    )
    assert 1 <= proof["int8"].logit.cut < len(lifted)


def test_ranges_that_hold_almost_nothing_are_caught(parts: Parts, golden) -> None:
    keras = predict_outputs(parts.keras, golden[1])
    wide = type(keras)(100 * keras.logit, keras.anomaly)
    with pytest.raises(GateError, match=r"int8: \d+ of 200 claims lie beyond what logit can hold"):
        check_variants(wide, {"int8": parts.variants["int8"]}, golden[1], LIMITS)


def test_a_graph_whose_columns_are_in_another_order_is_caught(parts: Parts, golden) -> None:
    stored = golden[1]
    swapped = ModelInputs(stored.codes, np.ascontiguousarray(stored.numbers[:, ::-1]))
    keras = predict_outputs(parts.keras, swapped)  # as if the graph had been built on the other order
    with pytest.raises(GateError, match=r"int8: "):
        check_variants(keras, {"int8": parts.variants["int8"]}, stored, LIMITS)


def test_columns_in_another_order_are_caught(contract, fitted, few, altered: ModelInputs) -> None:
    swapped = ModelInputs(altered.codes, np.ascontiguousarray(altered.numbers[:, ::-1]))
    with pytest.raises(GateError, match=r"features: .* differ"):
        check_one_by_one(contract, fitted.extractor, few[0], swapped)


@pytest.mark.parametrize("variant", ["float32", "int8"])
def test_both_interpreters_agree(parts: Parts, test: Labelled, variant: str) -> None:
    proof = check_interpreters(parts.variants[variant], test.inputs, LIMITS)
    assert proof.claims == len(test)
    assert proof.quanta.anomaly is not None
    assert max(proof.quanta.logit, proof.quanta.anomaly) <= 1


def test_interpreters_that_disagree_are_caught(parts: Parts, test: Labelled, monkeypatch) -> None:
    """As if TensorFlow ran the graph of another release."""
    content = parts.variants["int8"]
    other = run_by_tensorflow(content, test.inputs)
    other.logit[3] += 5 * Graph.read(content).output_grids()["logit"].step
    monkeypatch.setattr(parity, "run_by_tensorflow", lambda *_: other)
    with pytest.raises(GateError, match=r"interpreters: logit differs by [45]\.\d+ quanta"):
        check_interpreters(content, test.inputs, LIMITS)
