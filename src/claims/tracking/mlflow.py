"""MLflow: a run with parameters, metrics, curves and files on a tracking server."""

import os
import re
import time

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")  # its default waits for minutes

from mlflow import MlflowClient
from mlflow.entities import Metric, Param
from mlflow.exceptions import MlflowException

from claims.base.errors import TrackingError, first_line
from claims.base.urls import mask_url, mask_urls
from claims.tracking.run import Run

_PARAMS_AT_ONCE = 100  # what the server's API takes
_METRICS_AT_ONCE = 1000


class MLflow:
    """An MLflow server, or a database that MLflow opens itself.

    Parameters
    ----------
    uri
        ``MLFLOW_TRACKING_URI``.
    """

    def __init__(self, uri: str) -> None:
        self._uri = uri

    def log(self, run: Run) -> str:
        """Log a run, or find its results logged already; see `Tracker.log`."""
        shown = mask_url(self._uri)
        try:
            client = MlflowClient(self._uri)
            experiment = _experiment(
                client, os.environ.get("MLFLOW_EXPERIMENT_NAME", f"claims-{run.contract}")
            )
            if logged := _find(client, experiment, run.digest):
                return f"mlflow: {shown} has these results already, as run {logged}"
            return f"mlflow: logged to {shown} as run {_log(client, experiment, run)}"
        except (MlflowException, OSError) as error:  # requests' errors are OSErrors
            problem = mask_urls(first_line(error), self._uri)
            remedy = "Start it, or mend or unset MLFLOW_TRACKING_URI; `claims track` then logs again."
            raise TrackingError(f"mlflow: {shown}", problem, remedy) from None


def _experiment(client: MlflowClient, name: str) -> str:
    experiment = client.get_experiment_by_name(name)
    return experiment.experiment_id if experiment else client.create_experiment(name)


def _find(client: MlflowClient, experiment: str, digest: str) -> str | None:
    """Find the complete run with these results, if there is one."""
    query = f"tags.results = '{digest}' and attributes.status = 'FINISHED'"
    runs = client.search_runs([experiment], query, max_results=1)
    return f"{runs[0].info.run_name} ({runs[0].info.run_id})" if runs else None


def _log(client: MlflowClient, experiment: str, run: Run) -> str:
    """Log everything; a run that is cut short stays marked as failed."""
    tags = run.tags | {"results": run.digest, "mlflow.source.name": "claims track"}
    if "git_commit" in tags:
        tags["mlflow.source.git.commit"] = tags["git_commit"]
    made = client.create_run(experiment, tags=tags, run_name=run.name).info
    status = "FAILED"
    try:
        _log_values(client, made.run_id, run)
        _log_files(client, made.run_id, run)
        status = "FINISHED"
    finally:
        client.set_terminated(made.run_id, status)
    return f"{made.run_name} ({made.run_id})"


def _log_values(client: MlflowClient, identifier: str, run: Run) -> None:
    now = int(time.time() * 1000)
    params = [Param(name, str(value)) for name, value in run.params.items()]
    metrics = [Metric(_legal(name), value, now, 0) for name, value in run.metrics.items()]
    for name, values in run.curves.items():
        metrics += [Metric(_legal(name), value, now, epoch) for epoch, value in enumerate(values, 1)]
    for start in range(0, len(params), _PARAMS_AT_ONCE):
        client.log_batch(identifier, params=params[start : start + _PARAMS_AT_ONCE])
    for start in range(0, len(metrics), _METRICS_AT_ONCE):
        client.log_batch(identifier, metrics=metrics[start : start + _METRICS_AT_ONCE])


def _log_files(client: MlflowClient, identifier: str, run: Run) -> None:
    for folder, files in (("metrics", run.reports), ("plots", run.plots), ("model", run.models)):
        for file in files:
            client.log_artifact(identifier, str(file), folder)


def _legal(name: str) -> str:
    return re.sub(r"[^\w\-./: ]", "_", name)
