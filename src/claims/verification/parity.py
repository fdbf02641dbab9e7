"""The proofs of `verify` on the model: a claim has the same inputs and the same score on every path."""

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from claims.base.errors import GateError
from claims.base.rounding import rounded
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
from claims.results.verify import (
    Agreement,
    Distance,
    FloatAgreement,
    InterpreterAgreement,
    OutputDistances,
    OutputQuanta,
)
from claims.verification.tensorflow_interpreter import run_by_tensorflow

_GOLDEN = 200  # claims that are walked one by one
_FLOAT_STEP = 1e-5  # what stands for a quantum of an output that is in float throughout
_ROUNDING = 1e-3  # of dequantized logits, in quanta
_QUANTA_DIGITS = 3


def golden_rows(test: Labelled) -> NDArray[np.int64]:
    """Choose row numbers of test claims, evenly spread in time."""
    return np.unique(np.linspace(0, len(test) - 1, _GOLDEN).astype(np.int64))


def choose_golden(
    contract: Contract, batch: Batch, claims: pa.Table, test: Labelled
) -> tuple[Batch, ModelInputs]:
    """Take golden test claims as extracted, and the inputs that featurize wrote for them."""
    chosen = golden_rows(test)
    names = pa.chunked_array([pa.array(test.identifiers.texts()[chosen], pa.string())])
    rows = find_owner(claims[contract.claims.identifier], names)
    return _compact(batch.take(rows)), ModelInputs(test.inputs.codes[chosen], test.inputs.numbers[chosen])


def _compact(batch: Batch) -> Batch:
    """Drop the texts of all other claims: one by one, claims then cost what one claim costs."""
    return Batch(_compact_frame(batch.claims), _compact_frame(batch.lines), batch.owner)


def _compact_frame(frame: Frame) -> Frame:
    columns = {name: _used(c) if isinstance(c, Categories) else c for name, c in frame.columns.items()}
    return Frame(frame.size, columns, frame.unreadable)


def _used(column: Categories) -> Categories:
    """Drop the levels that no row has."""
    used = np.unique(column.codes[column.codes >= 0])
    place = np.full(len(column.levels) + 1, -1, dtype=np.int32)
    place[used] = np.arange(len(used))
    return Categories(place[column.codes], [column.levels[code] for code in used.tolist()])


def check_one_by_one(
    contract: Contract, extractor: FeatureExtractor, golden: Batch, stored: ModelInputs
) -> Agreement:
    """Prove that each claim by itself, from a JSON object on, gives the bits that the batch gave."""
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
            problem = f"{', '.join(wrong[:3])} differ between one claim and the batch"
            raise GateError(
                "features", problem, "A feature depends on the batch or on the form of its input."
            )
    return Agreement(claims=len(golden))


def check_float32(
    keras: Outputs, float32: bytes, rules: DecisionRules, test: Labelled, limits: Verify
) -> FloatAgreement:
    """Prove that Keras and float32 TFLite give all test claims the same scores."""
    lite = TFLiteModel(float32, name="float32").outputs(test.inputs)
    difference = float(np.abs(scores_of(rules, keras) - scores_of(rules, lite)).max())
    if not difference <= limits.max_float32_difference:
        problem = f"Keras and float32 TFLite scores differ by {difference:.2e}"
        raise GateError(
            "float32", problem, f"The conversion is wrong (limit {limits.max_float32_difference:.0e})."
        )
    return FloatAgreement(claims=len(test), largest_difference=float(f"{difference:.1e}"))


def scores_of(rules: DecisionRules, outputs: Outputs) -> NDArray[np.float64]:
    """Return scores of approval, and of anomalies where there is such a head: float64 [outputs, n]."""
    return stacked(rules.calibration.scores(outputs.logit), rules.anomaly_scores(outputs))


def stacked(approval: Scores, anomaly: Scores | None) -> NDArray[np.float64]:
    """Stack the scores of both heads, or of the one that there is: float64 [outputs, n]."""
    return np.stack([approval] if anomaly is None else [approval, anomaly])


def check_variants(
    keras: Outputs, flatbuffers: Mapping[str, bytes], golden: ModelInputs, limits: Verify
) -> dict[str, OutputDistances]:
    """Prove that each variant's logits of the golden claims lie within a number of quanta of Keras'.

    A logit beyond what a quantized output can hold is cut to it in both; how many are is stated. The quantum
    of an output in float is 1/255 of the range of Keras' logits.

    Raises
    ------
    GateError
        Names the variant, the output and the distance.
    """
    return {
        variant: _check_variant(variant, content, keras, golden, limits)
        for variant, content in flatbuffers.items()
    }


def _check_variant(
    variant: str, content: bytes, keras: Outputs, golden: ModelInputs, limits: Verify
) -> OutputDistances:
    grids = Graph.read(content).output_grids()
    outputs = TFLiteModel(content, name=variant).outputs(golden)
    distances = {
        name: _distance(logits, expected, grids.get(name))
        for name, logits, expected in _paired(outputs, keras)
    }
    for name, distance in distances.items():
        if distance.cut > limits.max_cut * len(golden):
            text = f"{distance.cut} of {len(golden)} claims lie beyond what {name} can hold"
            raise GateError(variant, text, "Take more representative claims: its ranges are too small.")
        if not distance.quanta <= limits.max_variant_quanta:
            text = f"{name} lies {distance.quanta:.1f} quanta from Keras'"
            remedy = f"Mend its conversion (limit {limits.max_variant_quanta:g})."
            raise GateError(variant, text, remedy)
    return OutputDistances(**distances)


def _distance(logits: Logits, keras: Logits, grid: Grid | None) -> Distance:
    held = grid or Grid(float(np.ptp(keras)) / 255, float(keras.min()), float(keras.max()))
    cut = np.clip(keras, held.least, held.largest)
    quanta = float((np.abs(logits - cut) if grid else np.abs(logits - keras)).max() / held.step)
    return Distance(quanta=rounded(quanta, _QUANTA_DIGITS), cut=int((cut != keras).sum()))


def check_interpreters(content: bytes, inputs: ModelInputs, limits: Verify) -> InterpreterAgreement:
    """Prove that TensorFlow's own kernels and LiteRT's give the same logits, up to some quanta of the output.

    XNNPACK rounds once where the reference kernels round twice, so that int8 logits may lie a step apart.
    """
    litert, tensorflow = TFLiteModel(content).outputs(inputs), run_by_tensorflow(content, inputs)
    grids = Graph.read(content).output_grids()
    apart = {
        name: float(np.abs(logits - other).max() / (grids[name].step if name in grids else _FLOAT_STEP))
        for name, logits, other in _paired(litert, tensorflow)
    }
    for name, quanta in apart.items():
        if not quanta <= limits.max_interpreter_quanta + _ROUNDING:
            problem = f"{name} differs by {quanta:.2f} quanta between TensorFlow's interpreter and LiteRT's"
            raise GateError(
                "interpreters", problem, f"Pin both to one release (limit {limits.max_interpreter_quanta})."
            )
    stated = {name: rounded(value, _QUANTA_DIGITS) for name, value in apart.items()}
    return InterpreterAgreement(claims=len(inputs), quanta=OutputQuanta(**stated))


def _paired(outputs: Outputs, others: Outputs) -> Iterator[tuple[str, Logits, Logits]]:
    """Pair the logits of each head that both have, by its name."""
    yield "logit", outputs.logit, others.logit
    if outputs.anomaly is not None and others.anomaly is not None:
        yield "anomaly", outputs.anomaly, others.anomaly
