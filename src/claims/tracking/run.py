"""What a run was, gathered from the files that it left; nothing here knows a tracker."""

import csv
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from claims.base.errors import TrackingError
from claims.base.files import sha256_of
from claims.base.nested import flatten, is_number
from claims.base.urls import mask_settings
from claims.config.params import Params
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
    reports, pictures
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
    pictures: list[Path]
    models: list[Path]
    digest: str

    @classmethod
    def gather(cls, params: Params, metrics: Path, model: Path, name: str | None = None) -> Self:
        """Gather what the files say.

        Raises
        ------
        TrackingError
            Where results are missing.
        """
        _refuse_missing(metrics / f"{name}.json" for name in ("extract", "train", "evaluate"))
        ships = _read(metrics / "train.json")["family"] != "gbm"  # else these are of a model before it
        _refuse_missing([model, metrics / "judge.json"] if ships else [])
        reports = [*metrics.glob("*.json"), *metrics.glob("*.md"), *metrics.glob("plots/trials.csv")]
        reports = sorted(path for path in reports if ships or path.name not in _OF_SHIPPED)
        measured = ["evaluate", *(["judge"] if ships else [])]
        models = [model] if ships else []
        settings = mask_settings(flatten(params.model_dump(mode="json", by_alias=True)))
        tags = commit_of() | {"data_checksum": _read(metrics / "extract.json")["checksum"]}
        return cls(
            contract=params.contract,
            name=name or tags.get("dvc_experiment") or tags.get("git_commit", "results")[:7],
            params=settings,
            tags=tags,
            metrics={k: v for name in measured for k, v in _numbers(metrics / f"{name}.json").items()},
            curves=_read_curves(metrics / "plots" / "training.csv"),
            reports=reports,
            pictures=sorted(metrics.glob("plots/**/*.png")),
            models=models,
            digest=_digest(settings, [*reports, *models]),
        )


def _refuse_missing(files: Iterable[Path]) -> None:
    for file in files:
        if not file.exists():
            raise TrackingError(str(file), "no such file", "Make the results first: `dvc repro`.")


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _numbers(report: Path) -> dict[str, float]:
    return {name: value for name, value in flatten(_read(report), "/").items() if is_number(value)}


def _read_curves(path: Path) -> dict[str, list[float]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = [name for name in rows[0] if name != "epoch"] if rows else []
    return {f"training/{name}": [float(row[name]) for row in rows] for name in names}


def _digest(params: dict[str, Any], files: list[Path]) -> str:
    found: dict[str, Any] = {path.name: sha256_of(path) for path in files}
    text = json.dumps(found | {"params": params}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
