"""Which trackers are active, and that one's failure does not keep a run from another."""

import os
import subprocess
import sys

import pytest

from claims.base.errors import TrackingError
from claims.tracking import trackers
from claims.tracking.trackers import active_trackers, log_results
from tracking.conftest import Results

BOTH = ("mlflow", "wandb")
MODULES = (
    "import runpy, sys; runpy.run_module('claims.pipeline.track', run_name='__main__'); print(*sys.modules)"
)


@pytest.mark.parametrize(
    ("wanted", "environment", "active"),
    [
        (BOTH, {}, []),
        (BOTH, {"MLFLOW_TRACKING_URI": ""}, []),
        (BOTH, {"MLFLOW_TRACKING_URI": "http://host"}, ["MLflow"]),
        (("wandb",), {"MLFLOW_TRACKING_URI": "http://host"}, []),
        (BOTH, {"WANDB_MODE": "offline"}, ["WandB"]),
        (BOTH, {"WANDB_API_KEY": "key"}, ["WandB"]),
        (BOTH, {"WANDB_API_KEY": "key", "WANDB_MODE": "disabled"}, []),
        (BOTH, {"MLFLOW_TRACKING_URI": "http://host", "WANDB_MODE": "online"}, ["MLflow", "WandB"]),
    ],
)
def test_a_tracker_is_active_where_it_is_wanted_and_turned_on(wanted, environment, active) -> None:
    assert [type(tracker).__name__ for tracker in active_trackers(wanted, environment)] == active


def test_a_missing_package_is_named_with_the_remedy(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "mlflow", None)
    monkeypatch.delitem(sys.modules, "claims.tracking.mlflow", raising=False)
    with pytest.raises(TrackingError, match="Install the extra mlflow"):
        active_trackers(BOTH, {"MLFLOW_TRACKING_URI": "http://host"})


def test_one_tracker_out_of_reach_does_not_keep_a_run_from_another(results: Results, monkeypatch) -> None:
    class Absent:
        def log(self, run):
            raise TrackingError("absent", "is not there", "Wait.")

    class Present:
        def log(self, run):
            seen.append(run.digest)
            return "present"

    seen: list[str] = []
    monkeypatch.setattr(trackers, "active_trackers", lambda *_: [Absent(), Present()])
    with pytest.raises(TrackingError, match="absent"):
        log_results(results.params, results.metrics, results.model)
    assert seen == [results.gather().digest]


def test_without_a_variable_the_stage_says_so_and_imports_no_tracker(results: Results) -> None:
    done = subprocess.run(
        [sys.executable, "-c", MODULES, "metrics", "models/claims_model.tflite"],
        cwd=results.metrics.parent,
        env=os.environ,
        capture_output=True,
        text=True,
        check=True,
    )
    said, modules = done.stdout.splitlines()
    assert said.startswith("track: no tracker is active")
    assert {"mlflow", "wandb", "tensorflow", "pandas"}.isdisjoint(modules.split())
