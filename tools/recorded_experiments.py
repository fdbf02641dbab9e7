"""What DVC recorded of the commit that is checked out and of its experiments: parameters and figures."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from claims.base.nested import flatten
from claims.results.files import Metrics, parse_metrics
from claims.results.shipped import ShippedMetrics, ShippedVariant
from claims.results.summary import SummaryMetrics
from commands import run

PARAMS, SUMMARY, SHIPPED = "params.yaml", "metrics/summary.json", "metrics/shipped.json"
BASELINE = "(as committed)"


@dataclass(frozen=True)
class Experiment:
    """One experiment, or the commit itself.

    Attributes
    ----------
    params
        By path, such as ``train.dropout``.
    summary, shipped
        Figures of the candidate and of the variant that ships; None where none was made.
    """

    params: dict[str, Any]
    summary: SummaryMetrics
    shipped: ShippedVariant | None


Figures = dict[str, Callable[[Experiment], float | None]]  # by heading


def validation_auc(experiment: Experiment) -> float:
    """Return what experiments are sorted by: never a figure of test."""
    return experiment.summary.validation.roc_auc or 0.0


def experiments_of_head() -> dict[str, Experiment]:
    """Read the commit and those of its experiments that are done, by name.

    Raises
    ------
    ResultsError
        Where an experiment's figures are not what this code writes.
    """
    head = json.loads(run("dvc", "exp", "show", "--json"))[1]  # the workspace is [0]
    made = {made["name"]: made["revs"][0]["data"] for made in head["experiments"] or () if _is_done(made)}
    recorded = {BASELINE: head["data"]} | made
    return {name: _experiment(name, data) for name, data in recorded.items() if _has_figures(data)}


def _is_done(made: dict[str, Any]) -> bool:
    """Tell whether it is done: one that is not has the figures of what it started from."""
    return bool(made["revs"]) and not made["executor"]


def _has_figures(data: dict[str, Any] | None) -> bool:
    return bool(data and data["metrics"].get(SUMMARY, {}).get("data"))


def _experiment(name: str, data: dict[str, Any]) -> Experiment:
    metrics = {file: read.get("data") for file, read in data["metrics"].items()}
    summary = _typed(SummaryMetrics, metrics[SUMMARY], f"{SUMMARY} of {name}")
    ships = metrics.get(SHIPPED)
    shipped = _typed(ShippedMetrics, ships, f"{SHIPPED} of {name}").shipped if ships else None
    return Experiment(flatten(data["params"][PARAMS]["data"]), summary, shipped)


def _typed(model: type[Metrics], content: dict[str, Any], name: str) -> Metrics:
    return parse_metrics(model, json.dumps(content).encode(), name)
