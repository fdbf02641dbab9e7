"""What a run was, gathered from the files that it left; nothing here knows a tracker."""

import csv
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel

from claims.base.errors import TrackingError
from claims.base.files import sha256_of
from claims.base.nested import flatten, is_number
from claims.base.urls import mask_settings
from claims.config.params import Params
from claims.results.evaluate import EvaluateMetrics
from claims.results.extract import ExtractMetrics
from claims.results.files import as_json, read_metrics
from claims.results.judge import JudgeMetrics
from claims.results.train import TrainMetrics
from claims.tracking.commit import commit_of

_OF_SHIPPED = {"represent.json", "judge.json", "verify.json", "shipped.json", "model_card.md"}


@dataclass(frozen=True)
class Run:
    """The results of one run.

    Attributes
    ----------
    contract
        Name of the contract: runs on the same claims can be compared.
    name
        Of the run, for people.
    params
        ``params.yaml``, flat: ``train.learning_rate``.
    tags
        Git commit, experiment, and checksum of the claims.
    metrics
        Flat: ``test/roc_auc``.
    curves
        Metrics by epoch, the first epoch first.
    reports, plots
        JSON and Markdown files, and PNG files.
    models
        The packed model; none where trees alone were trained, which cannot ship.
    digest
        SHA-256 over parameters, reports and model: equal results are the same run.
    """

    contract: str
    name: str
    params: dict[str, Any]
    tags: dict[str, str]
    metrics: dict[str, float]
    curves: dict[str, list[float]]
    reports: list[Path]
    plots: list[Path]
    models: list[Path]
    digest: str

    @classmethod
    def gather(cls, params: Params, metrics: Path, model: Path, name: str | None = None) -> Self:
        """Gather what the files say.

        Raises
        ------
        TrackingError
            Where the packed model is missing.
        ResultsError
            Where metrics are missing, or not what their stages write.
        """
        ships = read_metrics(TrainMetrics, metrics / "train.json").ships
        if ships and not model.exists():
            raise TrackingError(str(model), "no such file", "Make the results first: `dvc repro`.")
        reports = [*metrics.glob("*.json"), *metrics.glob("*.md"), *metrics.glob("plots/trials.csv")]
        reports = sorted(path for path in reports if ships or path.name not in _OF_SHIPPED)
        measured: list[BaseModel] = [read_metrics(EvaluateMetrics, metrics / "evaluate.json")]
        measured += [read_metrics(JudgeMetrics, metrics / "judge.json")] if ships else []
        models = [model] if ships else []
        settings = mask_settings(flatten(params.model_dump(mode="json", by_alias=True)))
        extracted = read_metrics(ExtractMetrics, metrics / "extract.json")
        tags = commit_of() | {"data_checksum": extracted.checksum}
        return cls(
            contract=params.contract,
            name=name or tags.get("dvc_experiment") or tags.get("git_commit", "results")[:7],
            params=settings,
            tags=tags,
            metrics={name: value for part in measured for name, value in _numbers(part).items()},
            curves=_read_curves(metrics / "plots" / "training.csv"),
            reports=reports,
            plots=sorted(metrics.glob("plots/**/*.png")),
            models=models,
            digest=_digest(settings, [*reports, *models]),
        )


def _numbers(metrics: BaseModel) -> dict[str, float]:
    return {name: value for name, value in flatten(as_json(metrics), "/").items() if is_number(value)}


def _read_curves(path: Path) -> dict[str, list[float]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = [name for name in rows[0] if name != "epoch"] if rows else []
    return {f"training/{name}": [float(row[name]) for row in rows] for name in names}


def _digest(params: dict[str, Any], files: list[Path]) -> str:
    hashes: dict[str, Any] = {path.name: sha256_of(path) for path in files}
    text = json.dumps(hashes | {"params": params}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
