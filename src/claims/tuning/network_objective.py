"""A trial of the network: trained as `train` trains, with early stopping, and without a refit."""

import logging
from collections.abc import Callable
from typing import Any

import keras

from claims.config.params import Train
from claims.config.space import Values
from claims.decisions.logits import Outcome
from claims.features.extractor import FeatureExtractor, ModelInputs
from claims.features.matrices import Labelled
from claims.training.fit import select
from claims.tuning.trials import Objective, Result, measured


def network_objective(
    extractor: FeatureExtractor,
    held: dict[str, Any],
    lesson: Callable[[], tuple[ModelInputs, Outcome]],
    validation: Labelled,
) -> Objective:
    """The objective of the network: its weights do not depend on the trials before in the same process.

    Parameters
    ----------
    extractor
        The fitted feature path.
    held
        Settings that no trial changes.
    lesson
        Gives what the network learns: inputs with their outcomes, or with a teacher's scores.
    validation
        Claims to stop and measure on.
    """

    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # it warns of many graphs; a trial needs its own

    def objective(values: Values, max_epochs: int, seed: int) -> Result:
        keras.backend.clear_session()
        settings = Train.model_validate(held | values | {"max_epochs": max_epochs, "refit": False})
        held_out = (validation.inputs, validation.outcome)
        selected = select(extractor, settings, seed, lesson(), held_out, verbose=0)
        size = int(selected.model.count_params())
        return measured(selected.epochs, size, selected.validation_logits, validation.outcome)

    return objective
