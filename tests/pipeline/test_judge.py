"""Which variant ships, why others do not, and faults that only a comparison with float32 shows."""

import numpy as np
import pytest

from claims.base.errors import GateError
from claims.config.params import Judge, Limits
from claims.features.extractor import ModelInputs
from claims.pipeline.judge import check_rules, choose
from claims.quantization.conversion import convert
from claims.quantization.gate import Answers, judge_variants
from claims.quantization.variants import solve_variant
from claims.training.candidate import SAVED_MODEL
from model_parts import ANOMALY_REVIEWS, POLICY, Parts, first_rows

LIMITS = Limits(average_precision=0.01, recall=0.05, calibration_error=0.02, flips=0.05, swaps=0.02)
SETTINGS = Judge(
    prefer=None, overall=LIMITS, slices=LIMITS, anomaly_average_precision=0.1, min_rows=500, min_class=100
)
SIZES = {"float32": 320, "dynamic": 90, "int8": 94}


def verdicts(**refusals: list[str]) -> dict:
    return {name: {"refusals": refusals.get(name, [])} for name in SIZES}


def preferring(*names: str) -> Judge:
    return SETTINGS.model_copy(update={"prefer": names})


def test_the_smallest_that_passes_ships() -> None:
    assert choose(verdicts(), SIZES, SETTINGS) == "dynamic"
    assert choose(verdicts(dynamic=["overall: flips"]), SIZES, SETTINGS) == "int8"


def test_a_person_may_prefer_another() -> None:
    assert choose(verdicts(), SIZES, preferring("int8", "dynamic")) == "int8"
    assert choose(verdicts(int8=["overall: flips"]), SIZES, preferring("int8", "float32")) == "float32"


def test_float32_ships_only_where_a_person_names_it() -> None:
    refused = verdicts(int8=["overall: flips 0.02"], dynamic=["payer_id P01: recall 0.3"])
    message = r"variants: none passes: dynamic \(payer_id P01: recall 0.3\), int8 \(overall: flips 0.02\)\."
    with pytest.raises(GateError, match=message):
        choose(refused, SIZES, SETTINGS)


@pytest.mark.parametrize("prefer", [None, ("int8", "qat")])
def test_an_order_that_names_no_variant_is_said(prefer) -> None:
    settings = SETTINGS.model_copy(update={"prefer": prefer})
    with pytest.raises(GateError, match=r"judge\.prefer: names none of float32\. Name one"):
        choose({"float32": {"refusals": []}}, {"float32": 320}, settings)


def test_rules_of_another_variant_are_refused(parts: Parts) -> None:
    rows = dict.fromkeys(("calibration", "test"), parts.rows)
    found = {
        name: solve_variant(name, parts.variants[name], rows, POLICY, ANOMALY_REVIEWS).rules
        for name in ("float32", "int8")
    }
    check_rules("int8", found["int8"], found["int8"])
    theirs = found["float32"].model_copy(update={"variant": "int8"})
    with pytest.raises(
        GateError, match=r"int8: its rules were not solved on its own scores.*--force quantize@int8"
    ):
        check_rules("int8", theirs, found["int8"])


def refusals_of(parts: Parts, content: bytes, rows: ModelInputs) -> list[str]:
    """What the gate says of a flatbuffer that is fed these inputs."""
    labelled = type(parts.rows)(**{**vars(parts.rows), "inputs": rows})
    windows = {"float32": parts.rows, "int8": labelled}
    answers = {}
    for name, flatbuffer in (("float32", parts.variants["float32"]), ("int8", content)):
        both = dict.fromkeys(("calibration", "test"), windows[name])
        solved = solve_variant(name, flatbuffer, both, POLICY, ANOMALY_REVIEWS)
        answers[name] = Answers(solved.calibration.scores, solved.calibration.decided_by(solved.rules.policy))
    return judge_variants(answers, parts.rows.outcome, {}, SETTINGS, 0.1, seed=1)["int8"]["refusals"]


def representative(parts: Parts) -> ModelInputs:
    return first_rows(parts.rows.inputs, slice(0, 200))


def test_an_honest_int8_passes(parts: Parts) -> None:
    assert refusals_of(parts, parts.variants["int8"], parts.rows.inputs) == []


def test_a_column_in_dollars_takes_the_range_of_all_others(parts: Parts) -> None:
    """Even where only the representative claims are unscaled."""
    rows = representative(parts)
    numbers = rows.numbers.copy()
    numbers[:, 0] *= 250_000
    content = convert(parts.candidate / SAVED_MODEL, "int8", ModelInputs(rows.codes, numbers), "float32")
    refusals = refusals_of(parts, content, parts.rows.inputs)
    assert any(refusal.startswith("overall: average precision") for refusal in refusals)


def test_ranges_set_by_one_repeated_row_are_refused(parts: Parts) -> None:
    rows = parts.rows.inputs.take(np.zeros(100, dtype=np.int64))
    content = convert(parts.candidate / SAVED_MODEL, "int8", rows, "float32")
    assert refusals_of(parts, content, parts.rows.inputs)


def test_an_encoder_shifted_by_one_code_is_refused(parts: Parts) -> None:
    inputs = parts.rows.inputs
    shifted = ModelInputs(np.maximum(inputs.codes - 1, 0), inputs.numbers)
    assert refusals_of(parts, parts.variants["int8"], shifted)


def test_swapped_columns_are_refused(parts: Parts) -> None:
    inputs = parts.rows.inputs
    swapped = ModelInputs(inputs.codes, np.ascontiguousarray(inputs.numbers[:, ::-1]))
    assert refusals_of(parts, parts.variants["int8"], swapped)
