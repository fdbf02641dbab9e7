"""Quantization-aware training: the candidate, tuned further with int8's rounding in its forward pass.

Each weight and activation is rounded as int8 will round it, and gradients pass the rounding as if it were
not there. The network learns the candidate's own logits on training claims, so that what it gains is
faithfulness to the model that was evaluated. For conversion the same network is built with its weights
unrounded, since the converter rounds them itself, and with the ranges of activations that were learned.

Source: Jacob et al. (2018), "Quantization and training of neural networks for efficient integer-arithmetic-
only inference", arXiv:1712.05877.
"""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from claims.config.params import AwareTraining
from claims.features.extractor import ModelInputs
from claims.training.network import Shape, SharedTable, predict_outputs

_SECOND = "anomaly"  # the candidate's second branch, a network in the network
_FIRST = 8192  # rows that set the ranges before the first step
_MOMENTUM = 0.98  # of the running ranges of activations: about the last fifty batches


class Rounded(keras.layers.Layer):
    """Activations rounded to 256 steps between running extremes: any shape → the same."""

    def build(self, _: Any) -> None:
        """Extremes, which the first rows set."""
        self.low = self.add_weight(name="low", shape=(), initializer="zeros", trainable=False)
        self.high = self.add_weight(name="high", shape=(), initializer="zeros", trainable=False)

    def call(self, values: Any, training: bool = False) -> Any:
        """Round, and in training follow the extremes of each batch."""
        if training:
            kept = tf.where(tf.equal(self.high, self.low), 0.0, _MOMENTUM)  # nothing yet of no batch
            for extreme, batch in ((self.low, tf.reduce_min(values)), (self.high, tf.reduce_max(values))):
                extreme.assign(kept * extreme + (1 - kept) * batch)
        low = tf.minimum(self.low, 0.0)  # a range without 0 would be shifted to hold it
        high = tf.maximum(self.high, low + 1e-6)
        return tf.quantization.fake_quant_with_min_max_vars(values, low, tf.maximum(high, 0.0), num_bits=8)


class RoundedDense(keras.layers.Dense):
    """A dense layer whose weights are rounded to int8, one scale a unit."""

    def call(self, inputs: Any) -> Any:
        """As `Dense` does, with the rounded kernel."""
        largest = tf.reduce_max(tf.abs(self.kernel), axis=0) + 1e-9
        kernel = tf.quantization.fake_quant_with_min_max_vars_per_channel(
            self.kernel, -largest, largest, num_bits=8, narrow_range=True
        )
        return self.activation(tf.matmul(inputs, kernel) + self.bias)


class RoundedTable(SharedTable):
    """The embedding table rounded to int8, with one scale."""

    def call(self, codes: Any) -> Any:
        """Look up in the rounded table."""
        largest = tf.reduce_max(tf.abs(self.table))
        table = tf.quantization.fake_quant_with_min_max_vars(
            self.table, -largest, largest, num_bits=8, narrow_range=True
        )
        return tf.reshape(tf.gather(table, codes), (-1, self.columns * self.width))


def build_aware(shape: Shape, *, weights: bool) -> keras.Model:
    """The network of a shape with rounded activations, and with rounded weights or plain ones."""
    dense = RoundedDense if weights else keras.layers.Dense
    look_up = RoundedTable if weights else SharedTable
    codes = keras.Input((shape.columns,), dtype="int32", name="codes")
    numbers = keras.Input((shape.numbers,), dtype="float32", name="numbers")
    embedded = look_up(shape.rows, shape.embedding, shape.columns, name="embedding")(codes)
    joined = Rounded()(keras.layers.Concatenate()([embedded, numbers]))
    names = [*(f"dense_{index}" for index in range(len(shape.layers))), "logit"]
    outputs = {"logit": _branch(dense, joined, shape.layers, names)}
    if shape.anomaly is not None:
        outputs["anomaly"] = _branch(dense, joined, (shape.anomaly,), [f"{_SECOND}_0", f"{_SECOND}_1"])
    return keras.Model({"codes": codes, "numbers": numbers}, outputs, name="claims_model")


def _branch(dense: type[keras.layers.Dense], joined: Any, widths: tuple[int, ...], names: list[str]) -> Any:
    hidden = joined
    for width, name in zip(widths, names[:-1], strict=True):
        hidden = Rounded()(dense(width, activation="relu", name=name)(hidden))
    return Rounded()(dense(1, name=names[-1])(hidden))


def train_aware(
    candidate: keras.Model, shape: Shape, settings: AwareTraining, seed: int, rows: ModelInputs
) -> keras.Model:
    """Tune the candidate with int8's rounding, and return the network that is to be converted.

    Parameters
    ----------
    candidate
        The network as it was trained; it stays as it is.
    shape
        Its shape.
    settings
        The section ``quantize.qat`` of params.yaml.
    seed
        Of the batches.
    rows
        ModelInputs of n training claims; no outcome is read.
    """
    keras.utils.set_random_seed(seed)
    model = build_aware(shape, weights=True)
    _copy_weights(candidate, model)
    steps = settings.epochs * -(-len(rows) // settings.batch_size)
    rate = keras.optimizers.schedules.CosineDecay(settings.learning_rate, steps)
    model.compile(keras.optimizers.Adam(rate), keras.losses.BinaryCrossentropy(from_logits=True))
    taught = predict_outputs(candidate, rows)
    wanted = {name: _probabilities(getattr(taught, name)) for name in model.output}
    fed = {"codes": rows.codes, "numbers": rows.numbers}
    model({name: values[:_FIRST] for name, values in fed.items()}, training=True)  # ranges to begin with
    model.fit(fed, wanted, epochs=settings.epochs, batch_size=settings.batch_size, verbose=2)
    plain = build_aware(shape, weights=False)
    plain.set_weights(model.get_weights())
    return plain


def _copy_weights(candidate: keras.Model, model: keras.Model) -> None:
    """The candidate's weights into the layers of the same part."""
    for layer in candidate.layers:
        if layer.name == _SECOND:
            for index, inner in enumerate(part for part in layer.layers if part.weights):
                model.get_layer(f"{_SECOND}_{index}").set_weights(inner.get_weights())
        elif layer.weights:
            model.get_layer(layer.name).set_weights(layer.get_weights())


def _probabilities(logits: Any) -> Any:
    return (1 / (1 + np.exp(-logits))).astype(np.float32).reshape(-1, 1)
