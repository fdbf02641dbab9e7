"""The anomaly head: its calibration and threshold, and its metrics over the claims that were audited."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics

from claims.data.anomaly_labels import Anomalies
from claims.decisions.fit_calibration import fit_calibration
from claims.decisions.logits import Decision, Decisions, Logits, Scores
from claims.decisions.rules import AnomalyRules
from claims.evaluation.metrics import calibration_error
from claims.features.matrices import Labelled
from claims.results.scores import AnomalyMetrics

_NEVER = 2.0  # a threshold that no score reaches


@dataclass(frozen=True)
class AnomalyScores:
    """Scores and labels of the anomaly head by split, and its rules, solved on the calibration window."""

    rules: AnomalyRules
    scores: dict[str, Scores]
    labels: dict[str, Anomalies]

    def measure(self, split: str) -> AnomalyMetrics:
        """Measure a split."""
        return measure_anomalies(self.scores[split], self.labels[split], self.rules.threshold)


def anomalous_claims(scores: AnomalyScores | None, split: str) -> NDArray[np.bool_] | np.bool_:
    """Tell which claims of a split go to a person for their anomaly score: bool [n], or False for all."""
    return np.False_ if scores is None else scores.rules.anomalous(scores.scores[split])


def fit_anomaly_scores(
    logits: Mapping[str, Logits | None], rows: Mapping[str, Labelled], reviews: float
) -> AnomalyScores | None:
    """Solve the anomaly head's rules on the calibration window, and score every split by them.

    Parameters
    ----------
    logits
        By split, ``calibration`` among them; None where the network has no anomaly head.
    rows
        The claims of those splits.
    reviews
        Share of all claims that may go to a person for their anomaly score.
    """
    given = {split: values for split, values in logits.items() if values is not None}
    labels = {split: rows[split].anomaly for split in given}
    known = {split: anomaly for split, anomaly in labels.items() if anomaly is not None}
    if not known:
        return None
    rules = fit_anomaly_rules(given["calibration"], known["calibration"], reviews)
    scores = {split: rules.calibration.scores(values) for split, values in given.items()}
    return AnomalyScores(rules, scores, known)


def fit_anomaly_rules(logits: Logits, anomaly: Anomalies, reviews: float) -> AnomalyRules:
    """Solve the anomaly head's rules on the calibration window.

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
    """Find the lowest threshold that at most ``share`` < 1 of the claims reach; no score equals it."""
    levels, counts = np.unique(scores, return_counts=True)
    above = np.cumsum(counts[::-1])[::-1] / len(scores)  # share at or above each level
    place = int(np.searchsorted(-above, -share))  # the first level with at most that share
    return _NEVER if place == len(levels) else float((levels[place - 1] + levels[place]) / 2)


def measure_anomalies(scores: Scores, anomaly: Anomalies, threshold: float) -> AnomalyMetrics:
    """Measure the anomaly head.

    Parameters
    ----------
    scores
        float64 [n], of all claims.
    anomaly
        float32 [n], 1 found, 0 clean, NaN not known; all metrics but ``review_share`` are of the claims
        where it is known, recall and precision at the threshold.
    threshold
        From which on a claim goes to a person.
    """
    audited = np.isfinite(anomaly)
    stated, labels = scores[audited], anomaly[audited]
    counts = AnomalyMetrics(
        rows=len(scores),
        audited=len(labels),
        found=int(labels.sum()),
        review_share=float((scores >= threshold).mean()),
    )
    if not 0 < labels.sum() < len(labels):  # nothing to tell apart
        return counts
    flagged = stated >= threshold
    return AnomalyMetrics(
        **dict(counts)
        | {
            "average_precision": metrics.average_precision_score(labels, stated),
            "roc_auc": metrics.roc_auc_score(labels, stated),
            "log_loss": metrics.log_loss(labels, stated),
            "calibration_error": calibration_error(stated, labels),
            "recall": metrics.recall_score(labels, flagged),
            "precision": metrics.precision_score(labels, flagged, zero_division=0.0),
            "prevalence": float(labels.mean()),
        }
    )


def measure_sent_to_review(decisions: Decisions, anomalous: NDArray[np.bool_] | np.bool_) -> dict[str, float]:
    """Return the share of all claims that the anomaly score takes from each decision to a review."""
    return {
        decision.value: float((anomalous & (decisions == decision.value)).mean())
        for decision in (Decision.APPROVED, Decision.REJECTED)
    }
