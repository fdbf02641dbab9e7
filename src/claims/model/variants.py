"""A variant judged: its own calibration and thresholds, its metrics, and what it changes against float32."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from claims.config import Evaluate
from claims.features.matrices import Labelled
from claims.model.decision import fit_calibration, fit_thresholds
from claims.model.interpreter import TFLiteModel
from claims.model.logits import Scores
from claims.model.measure import measure, measure_decisions
from claims.model.package import Rules


@dataclass(frozen=True)
class Judged:
    """A variant's rules, solved on the calibration window, and its scores there and on test."""

    rules: Rules
    calibration: Scores
    test: Scores


def judge(name: str, content: bytes, calibration: Labelled, test: Labelled, costs: Evaluate) -> Judged:
    """Solve a variant's calibration and thresholds anew: quantization moves its logits."""
    model = TFLiteModel(content, name=name)
    logits = model.logits(calibration.inputs)
    fitted = fit_calibration(logits, calibration.outcome)
    scores = fitted.scores(logits)
    rules = Rules(
        variant=name, calibration=fitted, thresholds=fit_thresholds(scores, calibration.outcome, costs)
    )
    return Judged(rules, scores, fitted.scores(model.logits(test.inputs)))


def report(
    judged: Judged, content: bytes, reference: Judged, rows: dict[str, Labelled], costs: Evaluate
) -> dict[str, Any]:
    """Size, metrics, and the differences from ``reference`` on calibration rows."""
    thresholds = judged.rules.thresholds
    on_calibration = measure(judged.calibration, rows["calibration"].outcome, thresholds)
    before = measure(reference.calibration, rows["calibration"].outcome, reference.rules.thresholds)
    return {
        "size_bytes": len(content),
        "calibration": on_calibration,
        "test": measure(judged.test, rows["test"].outcome, thresholds),
        "decisions": measure_decisions(judged.test, rows["test"].outcome, thresholds, costs),
        "loss": {
            name: round(before[name] - on_calibration[name], 6) for name in ("roc_auc", "average_precision")
        },
        "flips": round(flips(judged, reference), 6),
        "distinct_scores": len(np.unique(judged.test)),
    }


def flips(judged: Judged, reference: Judged) -> float:
    """Share of calibration claims whose three-way decision differs, each variant at its own thresholds."""
    mine = judged.rules.thresholds.decide(judged.calibration)
    return float((mine != reference.rules.thresholds.decide(reference.calibration)).mean())
