"""The anomaly head's rules and metrics: over audited claims alone, but the share of reviews over all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.evaluation.anomalies import (
    fit_anomaly_rules,
    fit_anomaly_scores,
    measure_anomalies,
    measure_sent_to_review,
    threshold_of_share,
)
from model_parts import Parts

NAN = float("nan")
SCORES = np.array([0.9, 0.8, 0.7, 0.4, 0.3, 0.2])
LABELS = np.float32([1, NAN, 0, 1, NAN, 0])


@given(
    st.lists(st.sampled_from([0.1, 0.2, 0.5, 0.6, 0.9]), min_size=1, max_size=30),
    st.sampled_from([0.0, 0.02, 0.1, 1 / 3, 0.5, 0.99]),
)
def test_no_more_claims_are_reviewed_than_allowed_and_no_lower_threshold_would_do(
    scores: list[float], share: float
) -> None:
    values = np.array(scores)
    threshold = threshold_of_share(values, share)
    assert (values >= threshold).mean() <= share
    assert threshold not in scores
    below = values[values < threshold]
    assert (values >= below.max()).mean() > share


def test_claims_of_which_no_audit_tells_change_no_metric_but_the_review_share() -> None:
    known = np.isfinite(LABELS)
    whole, alone = (measure_anomalies(SCORES[rows], LABELS[rows], 0.75) for rows in (slice(None), known))
    for metric in ("average_precision", "roc_auc", "log_loss", "recall", "precision", "audited", "found"):
        assert getattr(whole, metric) == getattr(alone, metric)
    assert (whole.review_share, alone.review_share) == (pytest.approx(2 / 6), 0.25)


def test_metrics_are_those_of_the_audited_claims() -> None:
    metrics = measure_anomalies(SCORES, LABELS, 0.5)
    assert (metrics.rows, metrics.audited, metrics.found) == (6, 4, 2)
    assert (metrics.recall, metrics.precision, metrics.prevalence) == (0.5, 0.5, 0.5)
    assert metrics.average_precision == pytest.approx((1 + 2 / 3) / 2, abs=1e-6)


@pytest.mark.parametrize("label", [0, 1, NAN])
def test_a_window_without_both_labels_has_counts_alone(label: float) -> None:
    metrics = measure_anomalies(SCORES, np.full(6, label, np.float32), 0.5)
    assert metrics.model_dump(exclude_none=True).keys() == {"rows", "audited", "found", "review_share"}


def test_unknown_claims_do_not_move_the_calibration() -> None:
    random = np.random.default_rng(3)
    logits = random.normal(size=400)
    labels = (random.random(400) < 1 / (1 + np.exp(-logits))).astype(np.float32)
    before = fit_anomaly_rules(logits, labels, 0.1)
    more = np.concatenate((labels, np.full(5_000, NAN, np.float32)))
    after = fit_anomaly_rules(np.concatenate((logits, random.normal(5, size=5_000))), more, 0.1)
    assert after.calibration == before.calibration
    assert after.threshold > before.threshold  # of the share of all claims


def test_what_is_sent_to_review_is_counted_by_what_was_decided() -> None:
    decisions = np.array(["ML_APPROVED", "ML_REJECTED", "ML_REVIEW", "ML_APPROVED"])
    shares = measure_sent_to_review(decisions, np.array([True, True, True, False]))
    assert shares == {"ML_APPROVED": 0.25, "ML_REJECTED": 0.25}


def test_a_network_without_an_anomaly_head_has_no_anomaly_scores(parts: Parts) -> None:
    assert fit_anomaly_scores({"calibration": None}, {"calibration": parts.rows}, 0.02) is None
