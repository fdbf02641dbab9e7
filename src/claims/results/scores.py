"""How well calibrated scores of some claims rank them, and how true they are as probabilities."""

from claims.base.strict import Strict
from claims.results.files import Figure


class Confusion(Strict):
    """Claims by what was predicted at a score of one half, and whether that was right."""

    true_rejected: int
    false_approved: int
    false_rejected: int
    true_approved: int


class ScoreMetrics(Strict):
    """Metrics of approval; ranking is None where the claims have one outcome alone."""

    rows: int
    approved_share: Figure
    confusion: Confusion
    roc_auc: Figure | None
    average_precision: Figure | None
    log_loss: Figure
    brier: Figure
    calibration_error: Figure
    accuracy: Figure
    precision: Figure
    recall: Figure
    f1: Figure


class AnomalyMetrics(Strict):
    """Metrics of the anomaly head.

    Attributes
    ----------
    rows, audited, found
        All claims, those whose label is known, and of these those with a finding.
    review_share
        Share of all claims at or above the threshold.
    average_precision, roc_auc, log_loss, calibration_error, recall, precision, prevalence
        Of the audited claims; None where these have one label alone.
    """

    rows: int
    audited: int
    found: int
    review_share: Figure
    average_precision: Figure | None = None
    roc_auc: Figure | None = None
    log_loss: Figure | None = None
    calibration_error: Figure | None = None
    recall: Figure | None = None
    precision: Figure | None = None
    prevalence: Figure | None = None
