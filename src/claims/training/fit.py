"""Training: early stopping on validation, then once more on train + validation.

The learning rate falls along half a cosine to zero at ``max_epochs``, whenever training ends: the last steps
average out what the first ones leave of noise. Source: Loshchilov and Hutter (2017), arXiv:1608.03983.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import keras
from numpy.typing import NDArray

from claims.base.rounding import rounded
from claims.config.params import Train
from claims.decisions.logits import Logits, Outcome
from claims.features.extractor import FeatureExtractor, ModelInputs
from claims.training.network import Shape, build_network, class_weights, predict_logits


@dataclass(frozen=True)
class Selected:
    """What early stopping chose.

    Attributes
    ----------
    model
        The network with the weights of its best epoch.
    epochs
        That epoch, from 1.
    history
        Loss and ROC-AUC of train and validation by epoch.
    validation_logits
        float64 [n] of the validation claims, by a network that never saw them.
    """

    model: keras.Model
    epochs: int
    history: dict[str, list[float]]
    validation_logits: Logits


def select(
    extractor: FeatureExtractor,
    settings: Train,
    seed: int,
    train: tuple[ModelInputs, Outcome],
    validation: tuple[ModelInputs, Outcome],
    callbacks: Sequence[keras.callbacks.Callback] = (),
    verbose: int = 2,
) -> Selected:
    """Train until validation loss has not improved for ``settings.patience`` epochs; callbacks may watch."""
    model = _fresh(extractor, settings, seed, len(train[1]))
    stop = keras.callbacks.EarlyStopping("val_loss", patience=settings.patience, restore_best_weights=True)
    course = model.fit(
        *_fed(train),
        validation_data=_fed(validation),
        epochs=settings.max_epochs,
        batch_size=settings.batch_size,
        class_weight=class_weights(train[1]) if settings.class_weight else None,
        callbacks=[stop, *callbacks],
        verbose=verbose,
    )
    history = {name: [rounded(value) for value in values] for name, values in course.history.items()}
    return Selected(model, stop.best_epoch + 1, history, predict_logits(model, validation[0]))


def refit(
    extractor: FeatureExtractor, settings: Train, seed: int, data: tuple[ModelInputs, Outcome], epochs: int
) -> keras.Model:
    """Train from scratch for a given number of epochs, with the learning rates that `select` had in them."""
    model = _fresh(extractor, settings, seed, len(data[1]))
    weights = class_weights(data[1]) if settings.class_weight else None
    model.fit(*_fed(data), epochs=epochs, batch_size=settings.batch_size, class_weight=weights, verbose=2)
    return model


def falling_rate(settings: Train, rows: int) -> keras.optimizers.schedules.LearningRateSchedule:
    """Return the learning rate of each step, for epochs of that many rows."""
    steps = settings.max_epochs * math.ceil(rows / settings.batch_size)
    return keras.optimizers.schedules.CosineDecay(settings.learning_rate, steps)


def _fresh(extractor: FeatureExtractor, settings: Train, seed: int, rows: int) -> keras.Model:
    keras.utils.set_random_seed(seed)
    model = build_network(Shape.of(extractor, settings))
    model.compile(
        optimizer=keras.optimizers.AdamW(falling_rate(settings, rows), weight_decay=settings.weight_decay),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=[keras.metrics.AUC(from_logits=True, name="auc")],
    )
    return model


def _fed(data: tuple[ModelInputs, Outcome]) -> tuple[dict[str, NDArray], Outcome]:
    inputs, outcome = data
    return {"codes": inputs.codes, "numbers": inputs.numbers}, outcome.reshape(-1, 1)
