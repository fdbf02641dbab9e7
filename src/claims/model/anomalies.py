"""The second output: its calibration and threshold, and its metrics over the claims that were audited."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics

from claims.columns.anomaly_labels import Anomalies
from claims.features.matrices import Labelled
from claims.model.decision import fit_calibration
from claims.model.logits import AnomalyRules, Decision, Logits, Scores, send_anomalies_to_review
from claims.model.measure import calibration_error

_DIGITS = 6
_NEVER = 2.0  # a threshold that no score reaches


@dataclass(frozen=True)
class JudgedAnomaly:
    """The second output's rules, solved on the calibration window, and its scores by split."""

    rules: AnomalyRules
    scores: dict[str, Scores]

    def review(self, decisions: NDArray[np.str_], split: str) -> NDArray[np.str_]:
        """Decisions on a split's claims, with the anomalous ones under review."""
        return send_anomalies_to_review(decisions, self.scores[split], self.rules.threshold)

    def measure(self, split: str, anomaly: Anomalies) -> dict[str, Any]:
        """Metrics of a split."""
        return measure_anomalies(self.scores[split], anomaly, self.rules.threshold)


def judge_anomaly(
    logits: Mapping[str, Logits | None], calibration: Labelled, reviews: float
) -> JudgedAnomaly | None:
    """Solve the second output's rules.

    Parameters
    ----------
    logits
        By split, ``calibration`` among them; None where the network has one output.
    calibration
        The claims of that split.
    reviews
        Share of all claims that may go to a person for their anomaly score.
    """
    found = {split: values for split, values in logits.items() if values is not None}
    if not found or calibration.anomaly is None:
        return None
    rules = fit_anomaly_rules(found["calibration"], calibration.anomaly, reviews)
    return JudgedAnomaly(rules, {split: rules.calibration.scores(values) for split, values in found.items()})


def fit_anomaly_rules(logits: Logits, anomaly: Anomalies, reviews: float) -> AnomalyRules:
    """Solve the second output's rules on the calibration window.

    Parameters
    ----------
    logits
        float64 [n], of all claims of the window.
    anomaly
        float32 [n], 1 found, 0 clean, NaN not known; the calibration is fitted where it is known.
    reviews
        Share of all claims that may go to a person for their anomaly score.
    """
    audited = np.isfinite(anomaly)
    calibration = fit_calibration(logits[audited], anomaly[audited])
    return AnomalyRules(
        calibration=calibration, threshold=threshold_of_share(calibration.scores(logits), reviews)
    )


def threshold_of_share(scores: Scores, share: float) -> float:
    """The lowest threshold at or above which lie at most ``share`` < 1 of the claims; no score equals it."""
    levels, counts = np.unique(scores, return_counts=True)
    above = np.cumsum(counts[::-1])[::-1] / len(scores)  # share at or above each level
    place = int(np.searchsorted(-above, -share))  # the first level with at most that share
    return _NEVER if place == len(levels) else float((levels[place - 1] + levels[place]) / 2)


def measure_anomalies(scores: Scores, anomaly: Anomalies, threshold: float) -> dict[str, Any]:
    """Metrics of the second output, average precision first.

    Parameters
    ----------
    scores
        float64 [n], of all claims.
    anomaly
        float32 [n], NaN where not known; recall and precision at the threshold, like all metrics but
        ``review_share``, are of the claims where it is known.
    threshold
        From which on a claim goes to a person.
    """
    audited = np.isfinite(anomaly)
    stated, found = scores[audited], anomaly[audited]
    counts = {"rows": len(scores), "audited": len(found), "found": int(found.sum())}
    shares = {"review_share": _rounded((scores >= threshold).mean())}
    if not 0 < found.sum() < len(found):  # nothing to tell apart
        return counts | shares
    flagged = stated >= threshold
    return (
        {
            "average_precision": _rounded(metrics.average_precision_score(found, stated)),
            "roc_auc": _rounded(metrics.roc_auc_score(found, stated)),
            "log_loss": _rounded(metrics.log_loss(found, stated)),
            "calibration_error": _rounded(calibration_error(stated, found)),
            "recall": _rounded(metrics.recall_score(found, flagged)),
            "precision": _rounded(metrics.precision_score(found, flagged, zero_division=0.0)),
            "prevalence": _rounded(found.mean()),
        }
        | counts
        | shares
    )


def measure_sent_to_review(
    decisions: NDArray[np.str_], anomaly_scores: Scores, threshold: float
) -> dict[str, float]:
    """Share of all claims that the anomaly score takes from each decision to a person."""
    taken = decisions != send_anomalies_to_review(decisions, anomaly_scores, threshold)
    return {
        decision.value: _rounded((taken & (decisions == decision.value)).mean())
        for decision in (Decision.APPROVED, Decision.REJECTED)
    }


def _rounded(value: Any) -> float:
    return round(float(value), _DIGITS)
