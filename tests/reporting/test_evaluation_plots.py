"""All plots of `evaluate`: each by its name, and narrow enough for two to stand side by side."""

from dataclasses import replace
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

from claims.config.params import Params
from claims.decisions.logits import Outputs
from claims.evaluation.candidate import CandidateMetrics, Rivals
from claims.evaluation.decided import DecidedSplits, decide_splits
from claims.features.matrices import Labelled
from claims.reporting.evaluation_plots import draw_evaluation
from claims.results.fairness import FairnessMetrics
from metrics_parts import card_metrics
from model_parts import contents

ALWAYS = {"calibration", "confusion", "cost", "coverage", "months", "precision_recall", "roc", "scores"}
WIDEST = 620  # pixels: two and their frames in a window of 1,300


@pytest.fixture(scope="module")
def decided(labelled: Labelled, params: Params) -> DecidedSplits:
    draw = np.random.default_rng(5)
    logits = 2.0 * labelled.outcome + draw.normal(0, 1, len(labelled))
    outputs = Outputs(logits, draw.normal(0, 1, len(labelled)))
    splits = ("train", "validation", "calibration", "test")
    return decide_splits(dict.fromkeys(splits, outputs), dict.fromkeys(splits, labelled), params)


@pytest.fixture(scope="module")
def metrics() -> CandidateMetrics:
    parts = card_metrics()
    return CandidateMetrics(parts.evaluate, parts.slices, parts.months, parts.fairness)


@pytest.fixture
def rivals(decided: DecidedSplits) -> Rivals:
    scores = decided.claims["test"].scores
    assert decided.anomaly is not None
    return Rivals({"logistic": scores, "majority": scores}, None, {"logistic": decided.anomaly})


def test_each_plot_has_its_name_and_two_fit_side_by_side(decided, rivals, metrics, tmp_path: Path) -> None:
    draw_evaluation(tmp_path, "network", decided, rivals, metrics)
    names = {name.removesuffix(".png") for name in contents(tmp_path)}
    assert names == ALWAYS | {"fairness", "anomaly_precision_recall"}
    for plot in tmp_path.iterdir():
        assert plt.imread(plot).shape[1] <= WIDEST


def test_without_groups_or_an_anomaly_head_there_are_no_plots_of_them(
    decided, metrics, tmp_path: Path
) -> None:
    rivals = Rivals({"logistic": decided.claims["test"].scores}, None, {})
    ungrouped = replace(metrics, fairness=FairnessMetrics(calibration={}, test={}))
    draw_evaluation(tmp_path, "boosting", replace(decided, anomaly=None), rivals, ungrouped)
    assert {name.removesuffix(".png") for name in contents(tmp_path)} == ALWAYS
