"""The proofs of `verify`: the same claim gives the same inputs and the same score on every path."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from claims.columns.batch import Batch, Categories, Frame, Numbers
from claims.columns.correct import correct
from claims.columns.parse import parse
from claims.columns.records import from_records, to_records
from claims.columns.storage import find_owner
from claims.config import Verify
from claims.contract import Contract
from claims.errors import GateError
from claims.features.extractor import FeatureExtractor, Inputs
from claims.features.matrices import Labelled
from claims.model.interpreter import TFLiteModel
from claims.model.logits import Outputs, Scores
from claims.model.package import Rules
from claims.serving.predictor import OptimizedPredictor, Scored

_GOLDEN = 200  # claims that are walked one by one


def golden_rows(test: Labelled) -> NDArray[np.int64]:
    """Row numbers of test claims that are evenly spread in time."""
    return np.unique(np.linspace(0, len(test) - 1, _GOLDEN).astype(np.int64))


def choose_golden(contract: Contract, batch: Batch, claims: pa.Table, test: Labelled) -> tuple[Batch, Inputs]:
    """Test claims, evenly spread in time: as extracted, and the inputs that featurize wrote."""
    chosen = golden_rows(test)
    names = pa.chunked_array([pa.array(test.identifiers.texts()[chosen], pa.string())])
    rows = find_owner(claims[contract.claims.identifier], names)
    return _compact(batch.take(rows)), Inputs(test.inputs.codes[chosen], test.inputs.numbers[chosen])


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
    contract: Contract, extractor: FeatureExtractor, golden: Batch, stored: Inputs
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
    keras: Outputs, float32: bytes, rules: Rules, test: Labelled, limits: Verify
) -> dict[str, Any]:
    """Keras and float32 TFLite give the same scores, over all test claims."""
    lite = TFLiteModel(float32, name="float32").outputs(test.inputs)
    difference = float(np.abs(_scores(rules, keras) - _scores(rules, lite)).max())
    if not difference <= limits.max_float32_difference:
        found = f"Keras and float32 TFLite scores differ by {difference:.2e}"
        raise GateError(
            "float32", found, f"The conversion is wrong (limit {limits.max_float32_difference:.0e})."
        )
    return {"claims": len(test), "largest_difference": float(f"{difference:.1e}")}


def _scores(rules: Rules, outputs: Outputs) -> NDArray[np.float64]:
    """Of approval, and of anomalies where there are such scores: float64 [outputs, n]."""
    return _stacked(rules.calibration.scores(outputs.logit), rules.anomaly_scores(outputs))


def _stacked(first: Scores, second: Scores | None) -> NDArray[np.float64]:
    return np.stack([first] if second is None else [first, second])


def check_loss(winner: str, judged: dict[str, Any], limits: Verify) -> dict[str, Any]:
    """The winner ranks and decides like float32, on calibration rows."""
    loss, flips = judged["loss"]["roc_auc"], judged["flips"]
    if loss > limits.max_auc_loss or flips > limits.max_flips:
        found = f"{winner} loses {loss:.4f} ROC-AUC and flips {flips:.2%} of decisions"
        remedy = (
            f"Set quantize.winner to another variant (limits {limits.max_auc_loss}, {limits.max_flips:.2%})."
        )
        raise GateError("winner", found, remedy)
    return {"variant": winner, "roc_auc_loss": loss, "flips": flips} | _check_second(winner, judged, limits)


def _check_second(winner: str, judged: dict[str, Any], limits: Verify) -> dict[str, Any]:
    """The winner ranks anomalies like float32, where it scores them."""
    if "anomaly" not in judged:
        return {}
    loss = judged["anomaly"]["loss"]["average_precision"]
    if loss > limits.max_anomaly_loss:
        found = f"{winner} loses {loss:.4f} average precision of anomalies"
        remedy = f"Set quantize.winner to another variant (limit {limits.max_anomaly_loss})."
        raise GateError("winner", found, remedy)
    return {"anomaly_average_precision_loss": loss}


def check_packed(
    path: Path, golden: Batch, stored: Inputs, amounts: Numbers, content: bytes, rules: Rules
) -> dict[str, Any]:
    """The packed file, loaded as serving loads it, scores and decides as the bare variant, many or one."""
    outputs = TFLiteModel(content).outputs(stored)
    expected = _scores(rules, outputs)
    decided = rules.decide(expected[0], rules.anomaly_scores(outputs), amounts)
    predictor = OptimizedPredictor.load(path)
    batch = predictor.predict(golden)
    singles = [predictor.predict(golden.take(np.array([row]))) for row in range(len(golden))]
    for scored in (batch, _joined(singles)):
        served = _stacked(scored.ml_score, scored.ml_anomaly_score)
        if not np.array_equal(served, expected):
            found = f"scores differ by up to {np.abs(served - expected).max():.2e} from the variant's"
            raise GateError("packed", found, "Pack it again.")
        if not np.array_equal(scored.ml_derived_decision, decided):
            found = f"{(scored.ml_derived_decision != decided).sum()} decisions differ from the variant's"
            raise GateError("packed", found, "Mend how serving reads the contract's amount.")
    return {"claims": len(golden)}


def _joined(parts: list[Scored]) -> Scored:
    """Claims scored one by one, side by side."""
    second = [part.ml_anomaly_score for part in parts if part.ml_anomaly_score is not None]
    return Scored(
        ml_score=np.concatenate([part.ml_score for part in parts]),
        ml_derived_decision=np.concatenate([part.ml_derived_decision for part in parts]),
        ml_route=np.concatenate([part.ml_route for part in parts]),
        ml_anomaly_score=np.concatenate(second) if second else None,
    )
