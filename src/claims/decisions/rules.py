"""All that turns a model's logits into decisions; solved for one variant, and packed with it."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from claims.base.strict import Strict
from claims.data.batch import Numbers
from claims.decisions.logits import Calibration, Decision, Decisions, Outputs, Scores
from claims.decisions.policy import DecisionPolicy


class AnomalyRules(Strict):
    """Of the anomaly head: at or above ``threshold`` a claim goes to a person, whatever else was decided."""

    calibration: Calibration
    threshold: float

    def anomalous(self, scores: Scores) -> NDArray[np.bool_]:
        """Tell which claims go to a person for their anomaly score: bool [n]; false for NaN."""
        return scores >= self.threshold


def send_anomalies_to_review(decisions: Decisions, anomalous: NDArray[np.bool_] | np.bool_) -> Decisions:
    """Return the decisions with every anomalous claim under review: str [n]."""
    return np.where(anomalous, Decision.REVIEW.value, decisions)


class DecisionRules(Strict):
    """How logits become probabilities and decisions.

    Attributes
    ----------
    variant
        Whose logits these rules were solved for.
    calibration, policy
        Of approval.
    anomaly
        None where the graph has no anomaly head.
    """

    variant: str
    calibration: Calibration
    policy: DecisionPolicy
    anomaly: AnomalyRules | None = None

    def anomaly_scores(self, outputs: Outputs) -> Scores | None:
        """Return calibrated scores of the anomaly head: float64 [n]; None where there is none."""
        if self.anomaly is None or outputs.anomaly is None:
            return None
        return self.anomaly.calibration.scores(outputs.anomaly)

    def decide(self, scores: Scores, anomaly_scores: Scores | None, amounts: Numbers) -> Decisions:
        """Decide each claim as the policy does, anomalous ones to review: ``ml_derived_decision``, str [n].

        Parameters
        ----------
        scores
            float64 [n], calibrated probability of approval.
        anomaly_scores
            From `anomaly_scores`.
        amounts
            float64 [n], cents; NaN where unknown.
        """
        decisions = self.policy.decide(scores, amounts)
        if self.anomaly is None or anomaly_scores is None:
            return decisions
        return send_anomalies_to_review(decisions, self.anomaly.anomalous(anomaly_scores))

    def to_json(self) -> str:
        """Return the rules as JSON; what a model does not have stays out of it."""
        return self.model_dump_json(indent=1, exclude_defaults=True)


def read_rules(path: Path) -> DecisionRules:
    """Read the rules that `quantize` wrote beside a variant."""
    return DecisionRules.model_validate_json(path.read_text(encoding="utf-8"))
