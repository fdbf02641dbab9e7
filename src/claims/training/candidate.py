"""A candidate on disk: the network's byte-stable weights, its shape and SavedModel, and the trees."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

import keras
import numpy as np

from claims.base.errors import ModelError
from claims.base.strict import Strict
from claims.decisions.logits import Outputs
from claims.features.extractor import FeatureExtractor, ModelInputs
from claims.features.matrices import Labelled
from claims.training.boosting import Trees
from claims.training.network import Shape, build_network, predict_outputs
from claims.training.saved_model import export_saved_model

WEIGHTS, SHAPE, SAVED_MODEL, TREES = "claims.weights.h5", "shape.json", "saved_model", "trees"
VALIDATION_LOGITS, VALIDATION_ANOMALY_LOGITS = "validation_logits.npy", "validation_anomaly_logits.npy"


class Recipe(Strict):
    """How a candidate came to be, beyond its parameters."""

    shape: Shape
    epochs: int
    refit: bool


def save_candidate(folder: Path, model: keras.Model, recipe: Recipe) -> None:
    """Write weights, shape and SavedModel."""
    folder.mkdir(parents=True, exist_ok=True)
    model.save_weights(folder / WEIGHTS)
    shape = recipe.model_dump_json(indent=1, exclude_defaults=True)
    (folder / SHAPE).write_text(shape + "\n", encoding="utf-8")
    export_saved_model(model, recipe.shape, folder / SAVED_MODEL)


def read_recipe(folder: Path) -> Recipe:
    """Read how the candidate came to be.

    Raises
    ------
    ModelError
        Where the folder holds no network.
    """
    try:
        return Recipe.model_validate_json((folder / SHAPE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelError(str(folder), "no candidate", "Run `dvc repro train`.") from None


def load_candidate(folder: Path) -> keras.Model:
    """Load the Keras network of a candidate; raises as `read_recipe` does."""
    model = build_network(read_recipe(folder).shape)
    model.load_weights(folder / WEIGHTS)
    return model


def load_trees(folder: Path, extractor: FeatureExtractor) -> Trees | None:
    """Load the candidate's trees: itself, or its teacher; None for a network that learned from outcomes."""
    return Trees.load(folder / TREES, extractor) if (folder / TREES).exists() else None


def has_network(folder: Path) -> bool:
    """Tell whether the candidate is a network, and not trees alone."""
    return (folder / SHAPE).exists()


def family_of(folder: Path) -> Literal["network", "boosting"]:
    """Tell what the candidate is."""
    return "network" if has_network(folder) else "boosting"


def load_scorer(folder: Path, extractor: FeatureExtractor) -> Callable[[ModelInputs], Outputs]:
    """Load what gives the candidate's outputs: its network, or its trees where it has none."""
    trees = load_trees(folder, extractor)
    if trees is not None and not has_network(folder):
        return lambda inputs: Outputs(trees.logits(inputs))
    network = load_candidate(folder)
    return lambda inputs: predict_outputs(network, inputs)


def candidate_outputs(
    folder: Path, extractor: FeatureExtractor, rows: Mapping[str, Labelled]
) -> dict[str, Outputs]:
    """Score every split; validation's outputs come from before the refit, when its claims were held out."""
    scorer = load_scorer(folder, extractor)
    return {name: scorer(part.inputs) for name, part in rows.items()} | {"validation": _held_out(folder)}


def _held_out(folder: Path) -> Outputs:
    anomaly = folder / VALIDATION_ANOMALY_LOGITS
    return Outputs(np.load(folder / VALIDATION_LOGITS), np.load(anomaly) if anomaly.exists() else None)
