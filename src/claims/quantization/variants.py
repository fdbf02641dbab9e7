"""A variant as it would decide: its own calibration and policy, its scored claims and its metrics."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from claims.base.errors import GateError
from claims.config.params import Params, Policy
from claims.decisions.costs import measure_decisions
from claims.decisions.fit_calibration import fit_calibration
from claims.decisions.fit_policy import fit_policy
from claims.decisions.rules import DecisionRules, read_rules
from claims.decisions.scored_claims import ScoredClaims
from claims.evaluation.anomalies import AnomalyScores, anomalous_claims, fit_anomaly_scores
from claims.evaluation.metrics import measure
from claims.features.matrices import Labelled
from claims.model.interpreter import TFLiteModel
from claims.results.variant import VariantAnomaly, VariantScores


@dataclass(frozen=True)
class Variant:
    """A flatbuffer's rules, solved on the calibration window, and its scored claims there and on test."""

    rules: DecisionRules
    calibration: ScoredClaims
    test: ScoredClaims
    anomaly: AnomalyScores | None = None


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
    anomaly = fit_anomaly_scores(
        {split: given.anomaly for split, given in outputs.items()}, rows, anomaly_reviews
    )
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


def read_variant(name: str, folder: Path, rows: dict[str, Labelled], params: Params) -> Variant:
    """Read a variant from its folder and solve it; its stored rules have to be those of its own scores.

    Raises
    ------
    GateError
        Where they are not.
    """
    content = (folder / f"{name}.tflite").read_bytes()
    variant = solve_variant(name, content, rows, params.policy, params.evaluate.anomaly_reviews)
    check_rules(name, read_rules(folder / f"{name}.json"), variant.rules)
    return variant


def check_rules(name: str, stored: DecisionRules, solved: DecisionRules) -> None:
    """Refuse thresholds that were solved for other scores."""
    if stored != solved:
        remedy = f"Run `dvc repro --force quantize@{name}`."
        raise GateError(name, "its rules were not solved on its own scores", remedy)


def measure_variant(variant: Variant) -> VariantScores:
    """Measure a variant on the calibration window and on test, and what its decisions cost there."""
    return VariantScores(
        calibration=measure(variant.calibration.scores, variant.calibration.outcome),
        test=measure(variant.test.scores, variant.test.outcome),
        decisions=measure_decisions(variant.rules.policy, variant.test),
        distinct_scores=len(np.unique(variant.test.scores)),
        anomaly=None if variant.anomaly is None else _measure_anomaly(variant.anomaly),
    )


def _measure_anomaly(anomaly: AnomalyScores) -> VariantAnomaly:
    return VariantAnomaly(calibration=anomaly.measure("calibration"), test=anomaly.measure("test"))
