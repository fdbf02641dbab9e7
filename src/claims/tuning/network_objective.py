"""A trial of the network: trained as `train` trains, with early stopping, and without a refit."""

import logging
from typing import Any

import keras

from claims.config import Train
from claims.features.extractor import FeatureExtractor
from claims.features.matrices import Labelled
from claims.model.training import select
from claims.tuning.space import Values
from claims.tuning.trials import Objective, Result, measured


def network_objective(
    extractor: FeatureExtractor,
    held: dict[str, Any],
    seed: int,
    train: Labelled,
    validation: Labelled,
) -> Objective:
    """The objective of the network.

    Parameters
    ----------
    extractor
        The fitted feature path.
    held
        Settings that no trial changes.
    seed
        Of every trial: weights depend on values, epochs and seed, not on the trials before.
    train, validation
        Claims to learn from, and to stop and measure on.
    """

    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # it warns of many graphs; a trial needs its own

    def objective(values: Values, max_epochs: int) -> Result:
        keras.backend.clear_session()
        settings = Train.model_validate(held | values | {"max_epochs": max_epochs, "refit": False})
        rows, held_out = ((part.inputs, part.outcome) for part in (train, validation))
        selected = select(extractor, settings, seed, rows, held_out, verbose=0)
        size = int(selected.model.count_params())
        return measured(selected.epochs, size, selected.validation_logits, validation.outcome)

    return objective
