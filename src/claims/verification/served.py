"""The proofs of `verify` on what serves: the packed file gives the variant's scores and decisions."""

import json
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import numpy as np
from numpy.typing import NDArray

from claims.base.errors import GateError
from claims.contract import Contract
from claims.data.batch import Batch, Numbers
from claims.data.records import to_records
from claims.decisions.logits import Decisions
from claims.decisions.rules import DecisionRules
from claims.features.extractor import ModelInputs
from claims.model.interpreter import TFLiteModel
from claims.results.verify import Agreement
from claims.serving.predictor import OptimizedPredictor, Predictions
from claims.serving.score import read_chunks, score, scored_schema
from claims.serving.sinks import open_sink
from claims.verification.parity import scores_of, stacked


@dataclass(frozen=True)
class Expected:
    """Scores and decisions that the bare variant gives the golden claims.

    Attributes
    ----------
    scores
        float64 [outputs, n].
    decisions
        str [n].
    """

    scores: NDArray[np.float64]
    decisions: Decisions

    @classmethod
    def of(cls, content: bytes, rules: DecisionRules, stored: ModelInputs, amounts: Numbers) -> Self:
        """Score and decide by the variant's flatbuffer and rules, on inputs that featurize wrote."""
        outputs = TFLiteModel(content).outputs(stored)
        scores = scores_of(rules, outputs)
        return cls(scores, rules.decide(scores[0], rules.anomaly_scores(outputs), amounts))

    def check(self, path: str, scores: NDArray[np.float64], decisions: Decisions) -> None:
        """Refuse a path whose scores differ by a bit, or whose decisions differ."""
        if scores.shape != self.scores.shape:
            problem = f"{scores.shape[0]} scores of {scores.shape[1]} claims, not {self.scores.shape[0]} of "
            raise GateError(path, f"{problem}{self.scores.shape[1]}", "Mend what drops or adds claims.")
        if not np.array_equal(scores, self.scores):
            problem = f"scores differ by up to {np.abs(scores - self.scores).max():.2e} from the variant's"
            raise GateError(path, problem, "Pack it again.")
        if not np.array_equal(decisions, self.decisions):
            problem = f"{(decisions != self.decisions).sum()} decisions differ from the variant's"
            raise GateError(path, problem, "Mend how serving reads the contract's amount.")


def check_packed(path: Path, golden: Batch, expected: Expected) -> Agreement:
    """Prove that the packed file, loaded as serving loads it, decides as the bare variant, many or one."""
    predictor = OptimizedPredictor.load(path)
    batch = predictor.predict(golden)
    singles = [predictor.predict(golden.take(np.array([row]))) for row in range(len(golden))]
    for predictions in (batch, _joined(singles)):
        expected.check(
            "packed",
            stacked(predictions.ml_score, predictions.ml_anomaly_score),
            predictions.ml_derived_decision,
        )
    return Agreement(claims=len(golden))


def _joined(parts: list[Predictions]) -> Predictions:
    """Put claims that were scored one by one side by side."""
    anomaly = [part.ml_anomaly_score for part in parts if part.ml_anomaly_score is not None]
    return Predictions(
        ml_score=np.concatenate([part.ml_score for part in parts]),
        ml_derived_decision=np.concatenate([part.ml_derived_decision for part in parts]),
        ml_route=np.concatenate([part.ml_route for part in parts]),
        ml_anomaly_score=np.concatenate(anomaly) if anomaly else None,
    )


def check_score_command(path: Path, golden: Batch, expected: Expected) -> Agreement:
    """Prove that `claims score`, from JSON lines to JSON lines, decides the same; pseudonyms stay."""
    predictor = OptimizedPredictor.load(path)
    with TemporaryDirectory() as folder:
        source, target = (Path(folder) / f"{name}.jsonl" for name in ("claims", "scored"))
        source.write_text(_json_lines(predictor.contract, golden), encoding="utf-8")
        schema = scored_schema(predictor.contract, with_anomaly=predictor.scores_anomalies)
        chunks = read_chunks(predictor.contract, str(source), None, key=None)
        with open_sink(str(target), schema) as write:
            for table in score(predictor, chunks, skip_bad=False):
                write(table)
        rows = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    names = ["ml_score", *(["ml_anomaly_score"] if predictor.scores_anomalies else [])]
    scores = np.array([[row[name] for row in rows] for name in names])
    expected.check("claims score", scores, np.array([row["ml_derived_decision"] for row in rows]))
    return Agreement(claims=len(rows))


def _json_lines(contract: Contract, golden: Batch) -> str:
    identifier = contract.claims.identifier
    records = to_records(contract, golden)
    return "".join(json.dumps({identifier: row} | record) + "\n" for row, record in enumerate(records))
