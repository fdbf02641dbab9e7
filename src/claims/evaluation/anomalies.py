"""The second output: its calibration and threshold, and its metrics over the claims that were audited."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics

from claims.data.anomaly_labels import Anomalies
from claims.decisions.fit_calibration import fit_calibration
from claims.decisions.logits import Decision, Decisions, Logits, Scores
from claims.decisions.rules import AnomalyRules
from claims.evaluation.metrics import calibration_error
from claims.features.matrices import Labelled

_DIGITS = 6
_NEVER = 2.0  # a threshold that no score reaches


@dataclass(frozen=True)
class JudgedAnomaly:
    """The second output's rules, solved on the calibration window; its scores and labels by split."""

    rules: AnomalyRules
    scores: dict[str, Scores]
    labels: dict[str, Anomalies]

    def measure(self, split: str) -> dict[str, Any]:
        """Metrics of a split."""
        return measure_anomalies(self.scores[split], self.labels[split], self.rules.threshold)


def anomalous_claims(judged: JudgedAnomaly | None, split: str) -> NDArray[np.bool_] | np.bool_:
    """Whether each claim of a split goes to a person for its anomaly score: bool [n], or False for all."""
    return np.False_ if judged is None else judged.rules.anomalous(judged.scores[split])


def judge_anomaly(
    logits: Mapping[str, Logits | None], rows: Mapping[str, Labelled], reviews: float
) -> JudgedAnomaly | None:
    """Solve the second output's rules.

    Parameters
    ----------
    logits
        By split, ``calibration`` among them; None where the network has one output.
    rows
        The claims of those splits.
    reviews
        Share of all claims that may go to a person for their anomaly score.
    """
    found = {split: values for split, values in logits.items() if values is not None}
    labels = {split: rows[split].anomaly for split in found}
    known = {split: anomaly for split, anomaly in labels.items() if anomaly is not None}
    if not known:
        return None
    rules = fit_anomaly_rules(found["calibration"], known["calibration"], reviews)
    scores = {split: rules.calibration.scores(values) for split, values in found.items()}
    return JudgedAnomaly(rules, scores, known)


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


def measure_sent_to_review(decisions: Decisions, anomalous: NDArray[np.bool_] | np.bool_) -> dict[str, float]:
    """Share of all claims that the anomaly score takes from each decision to a review."""
    return {
        decision.value: _rounded((anomalous & (decisions == decision.value)).mean())
        for decision in (Decision.APPROVED, Decision.REJECTED)
    }


def _rounded(value: Any) -> float:
    return round(float(value), _DIGITS)
