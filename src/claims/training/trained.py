"""What training leaves: the candidate's files, a table by epoch for `dvc plots`, and its metrics."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from claims.config.params import Params, Train
from claims.features.extractor import FeatureExtractor
from claims.results.train import Settings, TrainMetrics
from claims.training.anomaly_head import AnomalyHead
from claims.training.candidate import (
    TREES,
    VALIDATION_ANOMALY_LOGITS,
    VALIDATION_LOGITS,
    Recipe,
    save_candidate,
)
from claims.training.families import Trained
from claims.training.network import Shape

_OF_ANOMALY = {"anomaly_width", "anomaly_epochs"}  # settings that nothing uses without an anomaly head


def save_trained(
    folder: Path, extractor: FeatureExtractor, trained: Trained, head: AnomalyHead | None, settings: Train
) -> None:
    """Write what was trained: the network, the trees, and the logits of the held-out validation claims."""
    folder.mkdir()
    if trained.network is not None:
        shape = Shape.of(extractor, settings, anomaly=head is not None)
        recipe = Recipe(shape=shape, epochs=trained.best, refit=settings.refit)
        save_candidate(folder, trained.network if head is None else head.model, recipe)
    if trained.trees is not None:
        trained.trees.save(folder / TREES)
    np.save(folder / VALIDATION_LOGITS, trained.validation_logits)
    if head is not None:
        np.save(folder / VALIDATION_ANOMALY_LOGITS, head.validation_logits)


def history_table(history: Mapping[str, Sequence[float]]) -> str:
    """Write one line an epoch, as CSV."""
    names = sorted(history)
    rows = zip(*(history[name] for name in names), strict=True)
    lines = [
        ",".join(("epoch", *names)),
        *(",".join(map(str, (epoch, *row))) for epoch, row in enumerate(rows, 1)),
    ]
    return "\n".join(lines) + "\n"


def describe_training(trained: Trained, head: AnomalyHead | None, params: Params) -> TrainMetrics:
    """Tell what the best epoch reached, and with which settings."""
    reached = {name: values[trained.best - 1] for name, values in trained.history.items()}
    unused = set() if head else _OF_ANOMALY
    settings = Settings(train=params.train.model_dump(exclude=unused), boosting=params.boosting.model_dump())
    return TrainMetrics(
        family=params.model.family,
        best=trained.best,
        **reached,
        teacher_rounds=trained.teacher.rounds if trained.teacher else None,
        teacher_val_auc=trained.teacher.val_auc if trained.teacher else None,
        anomaly_epochs=head.epochs if head else None,
        settings=settings,
    )
