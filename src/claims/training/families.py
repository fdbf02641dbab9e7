"""The families of models: each is selected on validation, then fitted again on train + validation."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from sklearn.metrics import roc_auc_score

from claims.base.rounding import rounded
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
class Teacher:
    """The trees that a distilled network learned from: those of a fold, and their validation ROC-AUC."""

    rounds: int
    val_auc: float


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
    teacher
        Of a distilled network; else None.
    """

    network: keras.Model | None
    selected: keras.Model | None
    trees: Trees | None
    best: int
    history: History
    validation_logits: Logits
    teacher: Teacher | None = None


def train_network(extractor: FeatureExtractor, params: Params, train: Data, validation: Data) -> Trained:
    """Train the network on outcomes."""
    settings, seed = params.train, params.seed
    selected = select(extractor, settings, seed, train, validation, [LiveCurves(LIVE)])
    network = selected.model
    if settings.refit:
        network = refit(extractor, settings, seed, _both(train, validation), selected.epochs)
    return Trained(
        network, selected.model, None, selected.epochs, selected.history, selected.validation_logits
    )


def train_trees(extractor: FeatureExtractor, params: Params, train: Data, validation: Data) -> Trained:
    """Train boosted trees on outcomes."""
    design, settings, seed = TreeDesign(extractor), params.boosting, params.seed
    selected, losses = select_rounds(design, settings, seed, train, validation)
    trees = selected
    if params.train.refit:
        trees = fit_trees(design, settings, seed, _both(train, validation), selected.rounds)
    history = {"val_loss": [rounded(loss) for loss in losses]}
    return Trained(None, None, trees, selected.rounds, history, selected.logits(validation[0]))


def train_distilled(extractor: FeatureExtractor, params: Params, train: Data, validation: Data) -> Trained:
    """Train the network on the calibrated scores of boosted trees."""
    settings, seed = params.train, params.seed
    rounds = select_rounds(TreeDesign(extractor), params.boosting, seed, train, validation)[0].rounds
    print(f"train: the teacher has {rounds} trees a fold")
    trees, lesson = distil(extractor, params.boosting, params.distill, seed, train, rounds)
    selected = select(extractor, settings, seed, lesson, validation, [LiveCurves(LIVE)])
    history = {name: values for name, values in selected.history.items() if name != "auc"}  # of probabilities
    teacher = Teacher(rounds, _auc(trees.logits(validation[0]), validation[1]))
    network = selected.model
    if settings.refit:
        data = _both(train, validation)
        trees, lesson = distil(extractor, params.boosting, params.distill, seed, data, rounds)
        network = refit(extractor, settings, seed, lesson, selected.epochs)
    return Trained(
        network, selected.model, trees, selected.epochs, history, selected.validation_logits, teacher
    )


FAMILIES: dict[str, Callable[[FeatureExtractor, Params, Data, Data], Trained]] = {
    "dnn": train_network,
    "gbm": train_trees,
    "distilled": train_distilled,
}


def _both(first: Data, second: Data) -> Data:
    return first[0].append(second[0]), np.concatenate((first[1], second[1]))


def _auc(logits: Logits, outcome: Outcome) -> float:
    return rounded(roc_auc_score(outcome, logits))
