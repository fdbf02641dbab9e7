"""A trained network on disk: byte-stable weights, its shape, and the SavedModel that is converted."""

from pathlib import Path

import keras

from claims.errors import ModelError
from claims.model.network import Shape, build_network
from claims.model.saved_model import export_saved_model
from claims.strict import Strict

WEIGHTS, SHAPE, SAVED_MODEL = "claims.weights.h5", "shape.json", "saved_model"


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


def load_candidate(folder: Path) -> keras.Model:
    """The Keras network of a candidate.

    Raises
    ------
    ModelError
        Where the folder holds none.
    """
    try:
        recipe = Recipe.model_validate_json((folder / SHAPE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelError(str(folder), "no candidate", "Run `dvc repro train`.") from None
    model = build_network(recipe.shape)
    model.load_weights(folder / WEIGHTS)
    return model
