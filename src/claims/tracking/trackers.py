"""Which trackers a person turned on, and one run logged to each."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from claims.base.errors import TrackingError
from claims.config.params import Params
from claims.tracking.run import Run


class Tracker(Protocol):
    """A server or service that keeps runs."""

    def log(self, run: Run) -> str:
        """Log a run, or find it logged already; returns a line for people.

        Raises
        ------
        TrackingError
            Where the service cannot be reached or refuses.
        """


def log_results(params: Params, metrics: Path, model: Path, name: str | None = None) -> list[str]:
    """Log the results that lie in files to every active tracker.

    Parameters
    ----------
    params
        What the results were made with; ``params.tracking`` names the trackers wanted.
    metrics, model
        The folder of metrics, and the packed model.
    name
        Of the run; by default its experiment's, else its commit's.

    Returns
    -------
    list of str
        A line for each tracker, or one that says that none is active.

    Raises
    ------
    TrackingError
        The first failure, after the other trackers had their turn.
    """
    trackers = active_trackers(params.tracking, os.environ)
    if not trackers:
        return ["no tracker is active; docs/tracking.md names the variables that turn one on"]
    run = Run.gather(params, metrics, model, name)
    lines, failures = [], []
    for tracker in trackers:
        try:
            lines.append(tracker.log(run))
        except TrackingError as failure:
            failures.append(failure)
    if failures:
        raise failures[0]
    return lines


def active_trackers(wanted: tuple[str, ...], environment: Mapping[str, str]) -> list[Tracker]:
    """List the trackers that are wanted and turned on; the packages of others are never imported."""
    active: list[Tracker] = []
    try:
        if "mlflow" in wanted and (uri := environment.get("MLFLOW_TRACKING_URI")):
            from claims.tracking.mlflow import MLflow

            active.append(MLflow(uri))
        if "wandb" in wanted and _wants_wandb(environment):
            from claims.tracking.wandb import WandB

            active.append(WandB())
    except ModuleNotFoundError as error:
        remedy = f"Install the extra {error.name} of pyproject.toml, or take it out of params.yaml: tracking."
        raise TrackingError(f"tracking: {error.name}", "its package is not installed", remedy) from None
    return active


def _wants_wandb(environment: Mapping[str, str]) -> bool:
    mode = environment.get("WANDB_MODE", "online" if environment.get("WANDB_API_KEY") else "disabled")
    return mode in ("online", "offline", "shared")
