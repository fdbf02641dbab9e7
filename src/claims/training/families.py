"""The families of models: each is selected on validation, then fitted again on train + validation."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from sklearn.metrics import roc_auc_score

from claims.config.params import Params
from claims.decisions.logits import Logits, Outcome
from claims.features.extractor import FeatureExtractor, ModelInputs
from claims.training.boosting import TreeDesign, Trees, fit_trees, select_rounds
from claims.training.distillation import distil
from claims.training.fit import refit, select
from claims.training.live_curves import LiveCurves

LIVE = Path("dvclive")  # curves to watch while an experiment runs
Data = tuple[ModelInputs, Outcome]
History = dict[str, list[float]]


@dataclass(frozen=True)
class Trained:
    """A trained candidate.

    Attributes
    ----------
    network
        None for trees alone.
    selected
        The network before it was trained again, which never saw the validation claims; None for trees alone.
    trees
        The candidate itself, the network's teacher, or None.
    best
        Epochs of the network, or rounds of trees alone, that validated best; from 1.
    history
        What was measured in each of them.
    validation_logits
        float64 [n] of the validation claims, by a model that never saw their outcomes.
    facts
        For the metrics: sizes, and how the teacher did.
    """

    network: keras.Model | None
    selected: keras.Model | None
    trees: Trees | None
    best: int
    history: History
    validation_logits: Logits
    facts: dict[str, Any]


def train_network(extractor: FeatureExtractor, params: Params, train: Data, validation: Data) -> Trained:
    """The network on outcomes."""
    settings, seed = params.train, params.seed
    found = select(extractor, settings, seed, train, validation, [LiveCurves(LIVE)])
    network = found.model
    if settings.refit:
        network = refit(extractor, settings, seed, _both(train, validation), found.epochs)
    return Trained(network, found.model, None, found.epochs, found.history, found.validation_logits, {})


def train_trees(extractor: FeatureExtractor, params: Params, train: Data, validation: Data) -> Trained:
    """Boosted trees on outcomes."""
    design, settings, seed = TreeDesign(extractor), params.boosting, params.seed
    found, losses = select_rounds(design, settings, seed, train, validation)
    trees = found
    if params.train.refit:
        trees = fit_trees(design, settings, seed, _both(train, validation), found.rounds)
    logits = found.logits(validation[0])
    history = {"val_loss": [round(loss, 6) for loss in losses]}
    return Trained(None, None, trees, found.rounds, history, logits, {})


def train_distilled(extractor: FeatureExtractor, params: Params, train: Data, validation: Data) -> Trained:
    """The network on the calibrated scores of boosted trees."""
    settings, seed = params.train, params.seed
    rounds = select_rounds(TreeDesign(extractor), params.boosting, seed, train, validation)[0].rounds
    print(f"train: the teacher has {rounds} trees a fold")
    teacher, lesson = distil(extractor, params.boosting, params.distill, seed, train, rounds)
    found = select(extractor, settings, seed, lesson, validation, [LiveCurves(LIVE)])
    history = {name: values for name, values in found.history.items() if name != "auc"}  # of probabilities
    facts = {"teacher_rounds": rounds, "teacher_val_auc": _auc(teacher.logits(validation[0]), validation[1])}
    network = found.model
    if settings.refit:
        data = _both(train, validation)
        teacher, lesson = distil(extractor, params.boosting, params.distill, seed, data, rounds)
        network = refit(extractor, settings, seed, lesson, found.epochs)
    return Trained(network, found.model, teacher, found.epochs, history, found.validation_logits, facts)


FAMILIES: dict[str, Callable[[FeatureExtractor, Params, Data, Data], Trained]] = {
    "dnn": train_network,
    "gbm": train_trees,
    "distilled": train_distilled,
}


def _both(first: Data, second: Data) -> Data:
    return first[0].append(second[0]), np.concatenate((first[1], second[1]))


def _auc(logits: Logits, outcome: Outcome) -> float:
    return round(float(roc_auc_score(outcome, logits)), 6)
