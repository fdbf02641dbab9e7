"""Faults of conversion and encoding that only a comparison with float32 shows: the gate refuses each."""

import numpy as np

from claims.config.params import Judge, Limits
from claims.features.extractor import ModelInputs
from claims.quantization.conversion import convert
from claims.quantization.gate import give_verdicts
from claims.quantization.losses import VariantDecisions
from claims.quantization.variants import solve_variant
from claims.training.candidate import SAVED_MODEL
from model_parts import ANOMALY_REVIEWS, POLICY, Parts, first_rows

LIMITS = Limits(average_precision=0.01, recall=0.05, calibration_error=0.02, flips=0.05, swaps=0.02)
SETTINGS = Judge(
    prefer=None, overall=LIMITS, slices=LIMITS, anomaly_average_precision=0.1, min_rows=500, min_class=100
)


def refusals_of(parts: Parts, content: bytes, rows: ModelInputs) -> list[str]:
    """What the gate says of a flatbuffer that is fed these inputs."""
    labelled = type(parts.rows)(**{**vars(parts.rows), "inputs": rows})
    windows = {"float32": parts.rows, "int8": labelled}
    decided = {}
    for name, flatbuffer in (("float32", parts.variants["float32"]), ("int8", content)):
        both = dict.fromkeys(("calibration", "test"), windows[name])
        solved = solve_variant(name, flatbuffer, both, POLICY, ANOMALY_REVIEWS)
        decided[name] = VariantDecisions.of(solved.calibration, solved.rules.policy)
    return give_verdicts(decided, parts.rows.outcome, {}, SETTINGS, 0.1, 1, {})["int8"].refusals


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
