"""A variant judged: its own calibration and policy, its metrics, and what it changes against float32."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from claims.config import Policy
from claims.features.matrices import Labelled
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


def judge(name: str, content: bytes, calibration: Labelled, test: Labelled, settings: Policy) -> Judged:
    """Solve a variant's calibration and policy anew: quantization moves its logits."""
    model = TFLiteModel(content, name=name)
    logits = model.logits(calibration.inputs)
    fitted = fit_calibration(logits, calibration.outcome)
    solved = Settled.of(calibration, fitted.scores(logits))
    rules = Rules(variant=name, calibration=fitted, policy=fit_policy(solved, settings))
    return Judged(rules, solved, Settled.of(test, fitted.scores(model.logits(test.inputs))))


def report(judged: Judged, content: bytes, reference: Judged) -> dict[str, Any]:
    """Size, metrics, and the differences from ``reference`` on calibration rows."""
    on_calibration = measure(judged.calibration.scores, judged.calibration.outcome)
    before = measure(reference.calibration.scores, reference.calibration.outcome)
    return {
        "size_bytes": len(content),
        "calibration": on_calibration,
        "test": measure(judged.test.scores, judged.test.outcome),
        "decisions": measure_decisions(judged.rules.policy, judged.test),
        "loss": {
            name: round(before[name] - on_calibration[name], 6) for name in ("roc_auc", "average_precision")
        },
        "flips": round(flips(judged, reference), 6),
        "distinct_scores": len(np.unique(judged.test.scores)),
    }


def flips(judged: Judged, reference: Judged) -> float:
    """Share of calibration claims whose three-way decision differs, each variant by its own policy."""
    mine, theirs = (
        one.rules.policy.decide(one.calibration.scores, one.calibration.amounts)
        for one in (judged, reference)
    )
    return float((mine != theirs).mean())
