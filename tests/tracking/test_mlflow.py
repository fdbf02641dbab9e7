"""MLflow: a real server with a SQLite store on loopback."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from claims.base.errors import TrackingError
from tracking.conftest import Results, write_results

pytest.importorskip("mlflow", reason="the extra mlflow is not installed")

from mlflow import MlflowClient
from mlflow.entities import Run as Logged

from claims.tracking.mlflow import MLflow


@pytest.fixture
def client(mlflow_server: str, monkeypatch, request) -> MlflowClient:
    """A client, and an experiment of the test's own."""
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", request.node.name)
    return MlflowClient(mlflow_server)


def logged(client: MlflowClient) -> list[Logged]:
    experiment = client.get_experiment_by_name(os.environ["MLFLOW_EXPERIMENT_NAME"])
    return client.search_runs([experiment.experiment_id])


def test_everything_of_a_run_is_on_the_server(client, mlflow_server, results: Results, tmp_path) -> None:
    run = results.gather("wide")
    assert mlflow_server in MLflow(mlflow_server).log(run)
    (tracked,) = logged(client)
    assert tracked.info.run_name == "wide"
    assert tracked.info.status == "FINISHED"
    assert tracked.data.params == {name: str(value) for name, value in run.params.items()}
    assert tracked.data.metrics == run.metrics | {name: values[-1] for name, values in run.curves.items()}
    assert run.tags.items() <= tracked.data.tags.items()
    assert tracked.data.tags["mlflow.source.git.commit"] == run.tags["git_commit"]
    history = client.get_metric_history(tracked.info.run_id, "training/loss")
    assert [(point.step, point.value) for point in history] == [(1, 0.7), (2, 0.5)]
    fetched = Path(client.download_artifacts(tracked.info.run_id, "", str(tmp_path)))
    assert (fetched / "model" / run.models[0].name).read_bytes() == run.models[0].read_bytes()
    assert {file.name for file in fetched.glob("plots/*")} == {"confusion.png", "roc.png"}
    assert {file.name for file in fetched.glob("metrics/*")} == {report.name for report in run.reports}


def test_the_same_results_are_logged_once(client, mlflow_server, results: Results, tmp_path) -> None:
    tracker = MLflow(mlflow_server)
    tracker.log(results.gather("first"))
    assert "has these results already, as run first" in tracker.log(results.gather("again"))
    tracker.log(write_results(tmp_path / "other", 2).gather("second"))
    assert {run.info.run_name for run in logged(client)} == {"first", "second"}


def test_a_run_cut_short_is_failed_and_logged_anew(client, mlflow_server, results: Results, tmp_path) -> None:
    run = results.gather()
    with pytest.raises(TrackingError):
        MLflow(mlflow_server).log(replace(run, plots=[tmp_path / "absent.png"]))
    MLflow(mlflow_server).log(run)
    assert sorted(run.info.status for run in logged(client)) == ["FAILED", "FINISHED"]


def test_many_parameters_and_odd_names_are_taken(client, mlflow_server, results: Results) -> None:
    params = {f"train.{i}": i for i in range(250)}
    run = replace(results.gather(), params=params, metrics={"age (years)/rows": 3.0})
    MLflow(mlflow_server).log(run)
    (tracked,) = logged(client)
    assert len(tracked.data.params) == len(params)
    assert tracked.data.metrics["age _years_/rows"] == 3.0


def test_a_server_out_of_reach_is_one_line_soon_and_without_the_password(results: Results) -> None:
    command = [sys.executable, "-m", "claims.cli", "track"]
    environment = os.environ | {"MLFLOW_TRACKING_URI": "http://me:secret@127.0.0.1:1"}
    started = time.monotonic()
    done = subprocess.run(
        command, cwd=results.metrics.parent, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("claims: mlflow: http://me:***@127.0.0.1:1: ")
    assert "mend or unset MLFLOW_TRACKING_URI" in line
    assert "secret" not in line
    assert time.monotonic() - started < 60
