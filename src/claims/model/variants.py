"""A variant judged: its own calibration and thresholds, its metrics, and what it changes against float32."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claims.config import Evaluate
from claims.features.matrices import Labelled
from claims.model.anomalies import JudgedAnomaly, judge_anomaly
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
    anomaly: JudgedAnomaly | None = None


def judge(name: str, content: bytes, calibration: Labelled, test: Labelled, costs: Evaluate) -> Judged:
    """Solve a variant's calibration and thresholds anew: quantization moves its logits."""
    model = TFLiteModel(content, name=name)
    outputs, on_test = model.outputs(calibration.inputs), model.outputs(test.inputs)
    fitted = fit_calibration(outputs.logit, calibration.outcome)
    scores = fitted.scores(outputs.logit)
    thresholds = fit_thresholds(scores, calibration.outcome, costs)
    seconds = {"calibration": outputs.anomaly, "test": on_test.anomaly}
    anomaly = judge_anomaly(seconds, calibration, costs.anomaly_reviews)
    second = None if anomaly is None else anomaly.rules
    rules = Rules(variant=name, calibration=fitted, thresholds=thresholds, anomaly=second)
    return Judged(rules, scores, fitted.scores(on_test.logit), anomaly)


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
        "loss": _loss(before, on_calibration),
        "flips": round(flips(judged, reference), 6),
        "distinct_scores": len(np.unique(judged.test)),
    } | _report_anomaly(judged.anomaly, reference.anomaly, rows)


def _loss(before: dict[str, Any], after: dict[str, Any]) -> dict[str, float]:
    return {name: round(before[name] - after[name], 6) for name in ("roc_auc", "average_precision")}


def _report_anomaly(
    judged: JudgedAnomaly | None, reference: JudgedAnomaly | None, rows: dict[str, Labelled]
) -> dict[str, Any]:
    """The same of the second output, under ``anomaly``; empty where there is none."""
    if judged is None or reference is None:
        return {}
    labels = {split: part.anomaly for split, part in rows.items() if part.anomaly is not None}
    found = {split: judged.measure(split, anomaly) for split, anomaly in labels.items()}
    before = reference.measure("calibration", labels["calibration"])
    return {"anomaly": found | {"loss": _loss(before, found["calibration"])}}


def flips(judged: Judged, reference: Judged) -> float:
    """Share of calibration claims whose three-way decision differs, each variant at its own thresholds."""
    return float((_decisions(judged) != _decisions(reference)).mean())


def _decisions(judged: Judged) -> NDArray[np.str_]:
    decisions = judged.rules.thresholds.decide(judged.calibration)
    return decisions if judged.anomaly is None else judged.anomaly.review(decisions, "calibration")
