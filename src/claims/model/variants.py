"""A variant judged: its own calibration and policy, its metrics, and what it changes against float32."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from claims.config import Policy
from claims.features.matrices import Labelled
from claims.model.anomalies import JudgedAnomaly, anomalous_claims, judge_anomaly
from claims.model.decision import fit_calibration, fit_policy
from claims.model.interpreter import TFLiteModel
from claims.model.measure import measure
from claims.model.money import measure_decisions
from claims.model.package import Rules
from claims.model.settled import Settled


@dataclass(frozen=True)
class Judged:
    """A variant's rules, solved on the calibration window, and its scored claims there and on test."""

    rules: Rules
    calibration: Settled
    test: Settled
    anomaly: JudgedAnomaly | None = None


def judge(
    name: str,
    content: bytes,
    rows: dict[str, Labelled],
    settings: Policy,
    anomaly_reviews: float,
) -> Judged:
    """Solve a variant's calibrations and policy anew: quantization moves its logits.

    Parameters
    ----------
    name, content
        The variant and its flatbuffer.
    rows
        The claims of ``calibration`` and of ``test``.
    settings
        Costs, nominal coverage and capacity.
    anomaly_reviews
        Share of all claims that may go to a person for their anomaly score.
    """
    model = TFLiteModel(content, name=name)
    outputs = {split: model.outputs(part.inputs) for split, part in rows.items()}
    fitted = fit_calibration(outputs["calibration"].logit, rows["calibration"].outcome)
    anomaly = judge_anomaly({split: found.anomaly for split, found in outputs.items()}, rows, anomaly_reviews)
    settled = {
        split: Settled.of(part, fitted.scores(outputs[split].logit), anomalous_claims(anomaly, split))
        for split, part in rows.items()
    }
    rules = Rules(
        variant=name,
        calibration=fitted,
        policy=fit_policy(settled["calibration"], settings),
        anomaly=None if anomaly is None else anomaly.rules,
    )
    return Judged(rules, settled["calibration"], settled["test"], anomaly)


def report(judged: Judged, content: bytes, reference: Judged) -> dict[str, Any]:
    """Size, metrics, and the differences from ``reference`` on calibration rows."""
    on_calibration = measure(judged.calibration.scores, judged.calibration.outcome)
    before = measure(reference.calibration.scores, reference.calibration.outcome)
    return {
        "size_bytes": len(content),
        "calibration": on_calibration,
        "test": measure(judged.test.scores, judged.test.outcome),
        "decisions": measure_decisions(judged.rules.policy, judged.test),
        "loss": _loss(before, on_calibration),
        "flips": round(flips(judged, reference), 6),
        "distinct_scores": len(np.unique(judged.test.scores)),
    } | _report_anomaly(judged, reference)


def _loss(before: dict[str, Any], after: dict[str, Any]) -> dict[str, float]:
    return {name: round(before[name] - after[name], 6) for name in ("roc_auc", "average_precision")}


def _report_anomaly(judged: Judged, reference: Judged) -> dict[str, Any]:
    """The same of the second output, under ``anomaly``; empty where there is none."""
    if judged.anomaly is None or reference.anomaly is None:
        return {}
    found = {split: judged.anomaly.measure(split) for split in ("calibration", "test")}
    before = reference.anomaly.measure("calibration")
    return {"anomaly": found | {"loss": _loss(before, found["calibration"])}}


def flips(judged: Judged, reference: Judged) -> float:
    """Share of calibration claims whose three-way decision differs, each variant by its own rules."""
    mine, theirs = (one.calibration.decided_by(one.rules.policy) for one in (judged, reference))
    return float((mine != theirs).mean())
