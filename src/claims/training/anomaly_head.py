"""The anomaly head's training: by audited claims alone, after approval's and without touching it.

Audited claims are a few per cent of all. Trained together with approval, the head would stop at
approval's best epoch, and its gradients would move the shared embeddings; trained afterwards it has
epochs of its own, approval's scores stay what they were to the bit, and an unaudited claim teaches nothing.
"""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from claims.config.params import Params, Train
from claims.data.anomaly_labels import Anomalies
from claims.decisions.logits import Logits
from claims.features.extractor import ModelInputs
from claims.features.matrices import Labelled, audited
from claims.training.network import predict_outputs, with_anomaly

Audited = tuple[ModelInputs, Anomalies]
_BATCH = 64  # audited claims are few
_PATIENCE = 10  # epochs; one is some twenty steps


@dataclass(frozen=True)
class AnomalyHead:
    """A network that scores anomalies too.

    Attributes
    ----------
    model
        The network with its anomaly head.
    epochs
        For which the head was trained.
    validation_logits
        float64 [n] of the validation claims, by a network that never saw them.
    """

    model: keras.Model
    epochs: int
    validation_logits: Logits


def train_anomaly_head(
    selected: keras.Model | None,
    final: keras.Model | None,
    params: Params,
    rows: Labelled,
    held_out: Labelled,
) -> AnomalyHead | None:
    """Train an anomaly head; None for trees alone, and where no audit says anything.

    Parameters
    ----------
    selected, final, rows, held_out
        As of `add_anomaly_head`; None for trees alone.
    params
        All parameters.
    """
    if selected is None or final is None or rows.anomaly is None:
        return None
    return add_anomaly_head(selected, final, params.train, params.seed, rows, held_out)


def add_anomaly_head(
    selected: keras.Model, final: keras.Model, settings: Train, seed: int, rows: Labelled, held_out: Labelled
) -> AnomalyHead:
    """Add an anomaly head to the final network, for the epochs that were best beside the selected one.

    Parameters
    ----------
    selected
        The network that never saw the held-out claims.
    final
        The network that ships: the selected one, or the one that was trained again on both.
    rows, held_out
        Training and validation claims, with anomaly labels.
    """
    tried, epochs = select_anomaly(selected, settings, seed, audited(rows), audited(held_out))
    logits = predict_outputs(tried, held_out.inputs).anomaly
    assert logits is not None
    if settings.refit:
        tried = refit_anomaly(final, settings, seed, audited(rows, held_out), epochs)
    return AnomalyHead(tried, epochs, logits)


def select_anomaly(
    model: keras.Model, settings: Train, seed: int, train: Audited, validation: Audited
) -> tuple[keras.Model, int]:
    """Add an anomaly head, trained until its validation loss stops improving.

    Parameters
    ----------
    model
        The network of approval, trained; its weights stay.
    train, validation
        Audited claims with labels float32 [n], 1 found and 0 clean.

    Returns
    -------
    The network with its anomaly head, and the head's best epoch, from 1.
    """
    whole, head = _with_head(model, settings, seed)
    stop = keras.callbacks.EarlyStopping("val_loss", patience=_PATIENCE, restore_best_weights=True)
    head.fit(
        *_joined(model, train),
        validation_data=_joined(model, validation),
        epochs=settings.anomaly_epochs,
        batch_size=_BATCH,
        callbacks=[stop],
        verbose=0,
    )
    return whole, stop.best_epoch + 1


def refit_anomaly(model: keras.Model, settings: Train, seed: int, data: Audited, epochs: int) -> keras.Model:
    """Add an anomaly head, trained for a given number of epochs."""
    whole, head = _with_head(model, settings, seed)
    head.fit(*_joined(model, data), epochs=epochs, batch_size=_BATCH, verbose=0)
    return whole


def _with_head(model: keras.Model, settings: Train, seed: int) -> tuple[keras.Model, keras.Model]:
    """Return the network with a fresh anomaly head, and the head, compiled."""
    keras.utils.set_random_seed(seed)
    whole = with_anomaly(model, settings.anomaly_width, settings.dropout)
    head: Any = whole.get_layer("anomaly")
    head.compile(
        optimizer=keras.optimizers.AdamW(settings.learning_rate, weight_decay=settings.weight_decay),
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
    )
    return whole, head


def _joined(model: keras.Model, data: Audited) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return what the head reads, float32 [n, width], and its targets, float32 [n, 1]."""
    inputs, anomaly = data
    reader = keras.Model(model.input, model.get_layer("joined").output)
    fed = {"codes": inputs.codes, "numbers": inputs.numbers}
    return reader.predict(fed, batch_size=4096, verbose=0), anomaly.reshape(-1, 1)
