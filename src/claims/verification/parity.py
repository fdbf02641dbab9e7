"""The proofs of `verify` on the model: a claim has the same inputs and the same score on every path."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from claims.base.errors import GateError
from claims.config.params import Verify
from claims.contract import Contract
from claims.data.batch import Batch, Categories, Frame
from claims.data.correct import correct
from claims.data.parse import parse
from claims.data.records import from_records, to_records
from claims.data.storage import find_owner
from claims.decisions.logits import Logits, Outputs, Scores
from claims.decisions.rules import DecisionRules
from claims.features.extractor import FeatureExtractor, ModelInputs
from claims.features.matrices import Labelled
from claims.model.interpreter import TFLiteModel
from claims.quantization.graph import Graph, Grid
from claims.verification.tensorflow_interpreter import run_by_tensorflow

_GOLDEN = 200  # claims that are walked one by one
_FLOAT_STEP = 1e-5  # what stands for a quantum of an output that is in float throughout
_ROUNDING = 1e-3  # of dequantized logits, in quanta


def golden_rows(test: Labelled) -> NDArray[np.int64]:
    """Row numbers of test claims that are evenly spread in time."""
    return np.unique(np.linspace(0, len(test) - 1, _GOLDEN).astype(np.int64))


def choose_golden(
    contract: Contract, batch: Batch, claims: pa.Table, test: Labelled
) -> tuple[Batch, ModelInputs]:
    """Test claims, evenly spread in time: as extracted, and the inputs that featurize wrote."""
    chosen = golden_rows(test)
    names = pa.chunked_array([pa.array(test.identifiers.texts()[chosen], pa.string())])
    rows = find_owner(claims[contract.claims.identifier], names)
    return _compact(batch.take(rows)), ModelInputs(test.inputs.codes[chosen], test.inputs.numbers[chosen])


def _compact(batch: Batch) -> Batch:
    """The same claims without the texts of all others: one by one they then cost what one claim costs."""
    return Batch(_compact_frame(batch.claims), _compact_frame(batch.lines), batch.owner)


def _compact_frame(frame: Frame) -> Frame:
    columns = {name: _used(c) if isinstance(c, Categories) else c for name, c in frame.columns.items()}
    return Frame(frame.size, columns, frame.unreadable)


def _used(column: Categories) -> Categories:
    """The same texts, without levels that no row has."""
    used = np.unique(column.codes[column.codes >= 0])
    place = np.full(len(column.levels) + 1, -1, dtype=np.int32)
    place[used] = np.arange(len(used))
    return Categories(place[column.codes], [column.levels[code] for code in used.tolist()])


def check_one_by_one(
    contract: Contract, extractor: FeatureExtractor, golden: Batch, stored: ModelInputs
) -> dict[str, Any]:
    """Each claim by itself, from a JSON object on, gives the bits that the batch gave."""
    for row, record in enumerate(to_records(contract, golden)):
        claim = from_records(contract, [record], parse, lambda _: "golden claim")
        inputs = extractor.transform(correct(contract.inputs, contract.line_inputs, claim)[0])
        same_codes, same_numbers = (
            inputs.codes[0] == stored.codes[row],
            inputs.numbers[0] == stored.numbers[row],
        )
        wrong = np.array(extractor.code_names)[~same_codes].tolist()
        wrong += np.array(extractor.number_names)[~same_numbers].tolist()
        if wrong:
            found = f"{', '.join(wrong[:3])} differ between one claim and the batch"
            raise GateError("features", found, "A feature depends on the batch or on the form of its input.")
    return {"claims": len(golden)}


def check_float32(
    keras: Outputs, float32: bytes, rules: DecisionRules, test: Labelled, limits: Verify
) -> dict[str, Any]:
    """Keras and float32 TFLite give the same scores, over all test claims."""
    lite = TFLiteModel(float32, name="float32").outputs(test.inputs)
    difference = float(np.abs(scores_of(rules, keras) - scores_of(rules, lite)).max())
    if not difference <= limits.max_float32_difference:
        found = f"Keras and float32 TFLite scores differ by {difference:.2e}"
        raise GateError(
            "float32", found, f"The conversion is wrong (limit {limits.max_float32_difference:.0e})."
        )
    return {"claims": len(test), "largest_difference": float(f"{difference:.1e}")}


def scores_of(rules: DecisionRules, outputs: Outputs) -> NDArray[np.float64]:
    """Of approval, and of anomalies where there are such scores: float64 [outputs, n]."""
    return stacked(rules.calibration.scores(outputs.logit), rules.anomaly_scores(outputs))


def stacked(first: Scores, second: Scores | None) -> NDArray[np.float64]:
    """One row each, where there is a second."""
    return np.stack([first] if second is None else [first, second])


def check_variants(
    keras: Outputs, flatbuffers: dict[str, bytes], golden: ModelInputs, limits: Verify
) -> dict[str, Any]:
    """Every variant's logits of the golden claims lie within a number of quanta of Keras'.

    A logit beyond what a quantized output can hold is cut to it in both; how many are is stated. The quantum
    of an output in float is 1/255 of the range of Keras' logits.

    Raises
    ------
    GateError
        Names the variant, the output and the distance.
    """
    found: dict[str, Any] = {}
    for variant, content in flatbuffers.items():
        grids = Graph.read(content).output_grids()
        outputs = TFLiteModel(content, name=variant).outputs(golden)
        found[variant] = {
            name: _distance(mine, logits, grids.get(name)) for name, mine, logits in _paired(outputs, keras)
        }
        for name, apart in found[variant].items():
            if apart["cut"] > limits.max_cut * len(golden):
                text = f"{apart['cut']} of {len(golden)} claims lie beyond what {name} can hold"
                raise GateError(variant, text, "Take more representative claims: its ranges are too small.")
            if not apart["quanta"] <= limits.max_variant_quanta:
                text = f"{name} lies {apart['quanta']:.1f} quanta from Keras'"
                remedy = f"Mend its conversion (limit {limits.max_variant_quanta:g})."
                raise GateError(variant, text, remedy)
    return found


def _distance(mine: Logits, keras: Logits, grid: Grid | None) -> dict[str, Any]:
    held = grid or Grid(float(np.ptp(keras)) / 255, float(keras.min()), float(keras.max()))
    cut = np.clip(keras, held.least, held.largest)
    quanta = float((np.abs(mine - cut) if grid else np.abs(mine - keras)).max() / held.step)
    return {"quanta": round(quanta, 3), "cut": int((cut != keras).sum())}


def check_interpreters(content: bytes, inputs: ModelInputs, limits: Verify) -> dict[str, Any]:
    """TensorFlow's own kernels and LiteRT's give the same logits, up to a number of quanta of the output.

    XNNPACK rounds once where the reference kernels round twice, so that int8 logits may lie a step apart.
    """
    mine, theirs = TFLiteModel(content).outputs(inputs), run_by_tensorflow(content, inputs)
    grids = Graph.read(content).output_grids()
    apart = {
        name: float(np.abs(found - other).max() / (grids[name].step if name in grids else _FLOAT_STEP))
        for name, found, other in _paired(mine, theirs)
    }
    for name, quanta in apart.items():
        if not quanta <= limits.max_interpreter_quanta + _ROUNDING:
            found = f"{name} differs by {quanta:.2f} quanta between TensorFlow's interpreter and LiteRT's"
            raise GateError(
                "interpreters", found, f"Pin both to one release (limit {limits.max_interpreter_quanta})."
            )
    return {"claims": len(inputs), "quanta": {name: round(value, 3) for name, value in apart.items()}}


def _paired(mine: Outputs, theirs: Outputs) -> Iterator[tuple[str, Logits, Logits]]:
    """Each output that both have, by its name."""
    for name, found, other in zip(Outputs._fields, mine, theirs, strict=True):
        if found is not None and other is not None:
            yield name, found, other
