"""What the network has to beat."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from claims.features.matrices import Labelled
from claims.training.baselines import (
    anomaly_baselines,
    baseline_scores,
    fit_logistic,
    logistic_logits,
    majority_logits,
)
from claims.training.boosting import TreeDesign, fit_trees
from model_parts import BOOSTING, SEED


def test_the_majority_says_the_same_of_every_claim(labelled) -> None:
    logits = majority_logits(labelled.outcome, 3)
    assert 1 / (1 + np.exp(-logits)) == pytest.approx([labelled.outcome.mean()] * 3)


def test_the_logistic_regression_learns_from_codes_and_numbers(fitted, labelled) -> None:
    rows = fitted.extractor.rows
    model = fit_logistic(labelled.inputs, labelled.outcome, rows, SEED)
    assert model.n_features_in_ == rows + labelled.inputs.numbers.shape[1]
    logits = logistic_logits(model, labelled.inputs, rows)
    assert roc_auc_score(labelled.outcome, logits) > 0.8
    assert (1 / (1 + np.exp(-logits))).mean() == pytest.approx(labelled.outcome.mean(), abs=0.01)


@pytest.fixture(scope="module")
def windows(labelled) -> dict[str, Labelled]:
    names = ("train", "validation", "calibration", "test")
    parts = np.array_split(np.arange(len(labelled)), len(names))
    return {name: labelled.take(part) for name, part in zip(names, parts, strict=True)}


def test_baselines_are_scored_on_test_by_a_calibration_of_their_own(fitted, windows) -> None:
    scores = baseline_scores(windows, fitted.extractor.rows, None, SEED)
    assert list(scores) == ["logistic", "majority"]
    assert roc_auc_score(windows["test"].outcome, scores["logistic"]) > 0.7
    assert len(set(scores["majority"].tolist())) == 1
    assert scores["majority"][0] == pytest.approx(windows["calibration"].outcome.mean(), abs=0.01)


def test_the_trees_of_a_teacher_are_a_baseline_too(fitted, windows) -> None:
    train = windows["train"]
    design = TreeDesign(fitted.extractor)
    trees = fit_trees(design, BOOSTING, SEED, (train.inputs, train.outcome), 5)
    assert "boosting" in baseline_scores(windows, fitted.extractor.rows, trees, SEED)


def test_anomaly_baselines_learn_from_audited_claims_and_have_rules_of_their_own(fitted, windows) -> None:
    baselines = anomaly_baselines(windows, 0.1, fitted.extractor.rows, SEED)
    assert list(baselines) == ["logistic", "prevalence"]
    assert len(set(baselines["prevalence"].scores["test"].tolist())) == 1
    shares = [(head.scores["calibration"] >= head.rules.threshold).mean() for head in baselines.values()]
    assert all(share <= 0.1 for share in shares)
