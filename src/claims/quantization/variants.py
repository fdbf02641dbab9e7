"""A variant as it would decide: its own calibration and policy, its scored claims and its metrics."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from claims.config.params import Policy
from claims.decisions.costs import measure_decisions
from claims.decisions.fit_calibration import fit_calibration
from claims.decisions.fit_policy import fit_policy
from claims.decisions.rules import DecisionRules
from claims.decisions.scored_claims import ScoredClaims
from claims.evaluation.anomalies import JudgedAnomaly, anomalous_claims, judge_anomaly
from claims.evaluation.metrics import measure
from claims.features.matrices import Labelled
from claims.model.interpreter import TFLiteModel


@dataclass(frozen=True)
class Variant:
    """A flatbuffer's rules, solved on the calibration window, and its scored claims there and on test."""

    rules: DecisionRules
    calibration: ScoredClaims
    test: ScoredClaims
    anomaly: JudgedAnomaly | None = None


def solve_variant(
    name: str,
    content: bytes,
    rows: dict[str, Labelled],
    settings: Policy,
    anomaly_reviews: float,
) -> Variant:
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
    scored = {
        split: ScoredClaims.of(part, fitted.scores(outputs[split].logit), anomalous_claims(anomaly, split))
        for split, part in rows.items()
    }
    rules = DecisionRules(
        variant=name,
        calibration=fitted,
        policy=fit_policy(scored["calibration"], settings),
        anomaly=None if anomaly is None else anomaly.rules,
    )
    return Variant(rules, scored["calibration"], scored["test"], anomaly)


def measure_variant(variant: Variant) -> dict[str, Any]:
    """Metrics on the calibration window and on test, and what its decisions cost there."""
    found = {
        "calibration": measure(variant.calibration.scores, variant.calibration.outcome),
        "test": measure(variant.test.scores, variant.test.outcome),
        "decisions": measure_decisions(variant.rules.policy, variant.test),
        "distinct_scores": len(np.unique(variant.test.scores)),
    }
    if variant.anomaly is not None:
        found["anomaly"] = {split: variant.anomaly.measure(split) for split in ("calibration", "test")}
    return found
