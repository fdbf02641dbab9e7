"""Experiments as DVC lists them: their figures typed, what is not done left out."""

import json
from typing import Any

import pytest

import recorded_experiments
from claims.base.errors import ResultsError
from claims.results.files import as_json
from claims.results.shipped import ShippedMetrics
from claims.results.summary import SummaryMetrics
from metrics_parts import evaluate_metrics, judged_variant
from recorded_experiments import BASELINE, PARAMS, SHIPPED, SUMMARY, experiments_of_head

FIGURES = as_json(SummaryMetrics.of(evaluate_metrics()))
SHIPS = as_json(ShippedMetrics.of(judged_variant(65_680, 0.0065, []), 774_331))


def revision(**metrics: Any) -> dict[str, Any]:
    files = {SUMMARY: {"data": FIGURES}, SHIPPED: {"data": SHIPS}} | metrics
    return {"params": {PARAMS: {"data": {"train": {"dropout": 0.3}}}}, "metrics": files}


def experiment(name: str, data: dict[str, Any], executor: Any = None) -> dict[str, Any]:
    return {"name": name, "revs": [{"data": data}], "executor": executor}


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function by which DVC lists these experiments of the commit."""

    def listing(*experiments: dict[str, Any]) -> None:
        head = {"data": revision(), "experiments": experiments}
        monkeypatch.setattr(recorded_experiments, "run", lambda *_: json.dumps([{}, head]))

    return listing


def test_parameters_are_named_by_path_and_figures_are_typed(listed: Any) -> None:
    listed(experiment("wide", revision()))
    experiments = experiments_of_head()
    assert list(experiments) == [BASELINE, "wide"]
    assert experiments["wide"].params == {"train.dropout": 0.3}
    assert experiments["wide"].summary.test.cost_per_claim == 18.0
    assert experiments["wide"].shipped.flips == 0.0065


def test_trees_alone_ship_nothing(listed: Any) -> None:
    listed(experiment("trees", revision(**{SHIPPED: {}})))
    assert experiments_of_head()["trees"].shipped is None


def test_what_is_queued_or_has_no_figures_is_left_out(listed: Any) -> None:
    queued = experiment("queued", revision(), {"state": "queued"})
    listed(queued, experiment("bare", revision(**{SUMMARY: {"error": "missing"}})))
    assert list(experiments_of_head()) == [BASELINE]


def test_figures_of_another_shape_are_named_with_their_experiment(listed: Any) -> None:
    listed(experiment("old", revision(**{SUMMARY: {"data": {"train": {}}}})))
    with pytest.raises(ResultsError, match=r"^metrics/summary\.json of old: train\.roc_auc: field required"):
        experiments_of_head()
