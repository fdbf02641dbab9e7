"""The proofs of `verify`: they hold for an honest model, and each catches the fault it is there for."""

import numpy as np
import pytest

from claims.columns.anomaly_labels import anomalies
from claims.config import Verify
from claims.errors import GateError
from claims.features.extractor import Inputs
from claims.features.matrices import Labelled
from claims.model.graph import Graph
from claims.model.network import predict_outputs
from claims.model.tensorflow_interpreter import run_by_tensorflow
from claims.pipeline import parity
from claims.pipeline.parity import (
    check_float32,
    check_interpreters,
    check_one_by_one,
    check_packed,
    choose_golden,
    golden_rows,
)
from claims.sources.parts import partition
from model_parts import Parts, first_rows

LIMITS = Verify(max_float32_difference=1e-5, max_int8_quanta=1.0)
FEW = 20


@pytest.fixture(scope="module")
def test(contract, batch, outcome, fitted) -> Labelled:
    """All demo claims with the inputs that serving gives them."""
    found = anomalies(contract, batch.claims)
    return Labelled.of(contract, batch, fitted.extractor.transform(batch), outcome, found)


@pytest.fixture(scope="module")
def golden(contract, batch, snapshot, test):
    return choose_golden(contract, batch, partition(contract, snapshot)["claims"], test)


@pytest.fixture(scope="module")
def few(golden):
    """The first golden claims."""
    claims, stored = golden
    return claims.take(np.arange(FEW)), first_rows(stored, slice(0, FEW))


@pytest.fixture
def altered(few) -> Inputs:
    """Stored inputs that a test may damage."""
    return Inputs(few[1].codes.copy(), few[1].numbers.copy())


def test_golden_claims_are_spread_over_the_test_window(contract, golden, test: Labelled) -> None:
    claims, stored = golden
    days = claims.claims.numbers(contract.claims.event_time)
    assert len(claims) == len(stored) == 200
    assert (days[0], days[-1]) == (test.day[0], test.day[-1])


def test_claims_one_by_one_give_the_inputs_of_the_batch(contract, fitted, few) -> None:
    assert check_one_by_one(contract, fitted.extractor, *few) == {"claims": FEW}


@pytest.mark.parametrize("row", [0, 7, FEW - 1])
def test_a_code_shifted_by_one_is_caught(contract, fitted, few, altered: Inputs, row: int) -> None:
    altered.codes[row, fitted.extractor.code_names.index("payer_id")] += 1
    with pytest.raises(GateError, match=r"features: payer_id differ"):
        check_one_by_one(contract, fitted.extractor, few[0], altered)


def test_a_number_off_by_its_last_bit_is_caught(contract, fitted, few, altered: Inputs) -> None:
    numbers = altered.numbers.view("int32")
    numbers[5, fitted.extractor.number_names.index("total_charge_log")] ^= 1
    with pytest.raises(GateError, match=r"features: total_charge_log differ"):
        check_one_by_one(contract, fitted.extractor, few[0], altered)


def test_float32_follows_keras(parts: Parts, test: Labelled) -> None:
    outputs = predict_outputs(parts.keras, test.inputs)
    found = check_float32(outputs, parts.variants["float32"], parts.package.rules, test, LIMITS)
    assert found["claims"] == len(test)
    assert 0 < found["largest_difference"] <= 1e-5


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


@pytest.mark.parametrize("variant", ["float32", "int8"])
def test_both_interpreters_agree(parts: Parts, test: Labelled, variant: str) -> None:
    found = check_interpreters(parts.variants[variant], test.inputs, LIMITS)
    assert found["claims"] == len(test)
    assert set(found["quanta"]) == {"logit", "anomaly"}
    assert max(found["quanta"].values()) <= 1


def test_interpreters_that_disagree_are_caught(parts: Parts, test: Labelled, monkeypatch) -> None:
    """As if TensorFlow ran the graph of another release."""
    content = parts.variants["int8"]
    other = run_by_tensorflow(content, test.inputs)
    other.logit[3] += 5 * Graph.read(content).output_steps()["logit"]
    monkeypatch.setattr(parity, "run_by_tensorflow", lambda *_: other)
    with pytest.raises(GateError, match=r"interpreters: logit differs by [45]\.\d+ quanta"):
        check_interpreters(content, test.inputs, LIMITS)


@pytest.fixture(scope="module")
def amounts(test: Labelled) -> np.ndarray:
    """Amounts of the first golden claims."""
    return test.amount[golden_rows(test)][:FEW]


def test_the_packed_file_scores_and_decides_as_its_variant(parts: Parts, few, amounts) -> None:
    found = check_packed(parts.packed, *few, amounts, parts.package.content, parts.package.rules)
    assert found == {"claims": FEW}


def test_other_amounts_are_caught(parts: Parts, few, amounts) -> None:
    dearer = np.full_like(amounts, 1e12)
    with pytest.raises(GateError, match=r"packed: \d+ decisions differ.*amount"):
        check_packed(parts.packed, *few, dearer, parts.package.content, parts.package.rules)


def test_swapped_rules_are_caught(parts: Parts, few, amounts) -> None:
    calibration = parts.package.rules.calibration.model_copy(update={"intercept": 0.5})
    rules = parts.package.rules.model_copy(update={"calibration": calibration})
    with pytest.raises(GateError, match=r"packed: scores differ by up to"):
        check_packed(parts.packed, *few, amounts, parts.package.content, rules)


def test_a_swapped_graph_is_caught(parts: Parts, few, amounts) -> None:
    with pytest.raises(GateError, match=r"packed"):
        check_packed(parts.packed, *few, amounts, parts.variants["float32"], parts.package.rules)


def test_inputs_of_other_claims_are_caught(parts: Parts, few, amounts) -> None:
    claims, stored = few
    swapped = first_rows(stored, slice(None, None, -1))
    with pytest.raises(GateError, match=r"packed"):
        check_packed(parts.packed, claims, swapped, amounts, parts.package.content, parts.package.rules)


def test_swapped_rules_of_the_second_output_are_caught(parts: Parts, few, amounts) -> None:
    anomaly = parts.package.rules.anomaly
    bent = anomaly.calibration.model_copy(update={"intercept": 5.0})
    rules = parts.package.rules.model_copy(
        update={"anomaly": anomaly.model_copy(update={"calibration": bent})}
    )
    with pytest.raises(GateError, match=r"packed: scores differ by up to"):
        check_packed(parts.packed, *few, amounts, parts.package.content, rules)


def test_a_serving_path_that_sends_other_anomalies_to_review_is_caught(parts: Parts, few, amounts) -> None:
    anomaly = parts.package.rules.anomaly.model_copy(update={"threshold": 0.0})
    rules = parts.package.rules.model_copy(update={"anomaly": anomaly})
    with pytest.raises(GateError, match=r"packed: \d+ decisions differ"):
        check_packed(parts.packed, *few, amounts, parts.package.content, rules)


def test_a_packed_model_of_one_output_scores_as_its_variant(plain_parts: Parts, few, amounts) -> None:
    package = plain_parts.package
    found = check_packed(plain_parts.packed, *few, amounts, package.content, package.rules)
    assert found == {"claims": FEW}
