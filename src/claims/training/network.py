"""The network: one table of embeddings, a few dense layers, and a logit at the end.

The graph ends in the logit, because a sigmoid inside an int8 graph has a fixed step of 1/256; calibration
and squashing stand outside.
"""

from typing import Any, Self

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from claims.base.strict import Strict
from claims.config.params import Train
from claims.decisions.logits import Logits, Outputs
from claims.features.extractor import FeatureExtractor, ModelInputs

THREADS = 2  # fixed, since the order of a sum depends on it


def make_deterministic(seed: int) -> None:
    """Give the same bytes for the same seed on the same CPU; call it before anything else of TensorFlow's."""
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()
    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(1)


@keras.saving.register_keras_serializable("claims")
class SharedTable(keras.layers.Layer):
    """One embedding table for all columns of codes: int32 [n, C] → float32 [n, C · width].

    A single gather; the offsets that keep the columns apart are part of the codes.
    """

    def __init__(self, rows: int, width: int, columns: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rows, self.width, self.columns = rows, width, columns

    def build(self, _: Any) -> None:
        """Create the table: float32 [rows, width]."""
        self.table = self.add_weight(
            name="table",
            shape=(self.rows, self.width),
            initializer=keras.initializers.RandomNormal(stddev=0.05),
        )

    def call(self, codes: Any) -> Any:
        """Look up and lay side by side."""
        return tf.reshape(tf.gather(self.table, codes), (-1, self.columns * self.width))

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return the shape of the output: [n, C] → [n, C · width]."""
        return (shape[0], self.columns * self.width)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {**super().get_config(), "rows": self.rows, "width": self.width, "columns": self.columns}


class Shape(Strict):
    """All that decides the graph.

    Attributes
    ----------
    rows
        Of the shared table.
    columns, numbers
        Columns of codes and of numbers.
    embedding
        Width of a code's embedding.
    layers
        Widths of the dense layers.
    dropout
        Share of units dropped in training.
    anomaly
        Width of the dense layer before the anomaly head; None: no such head.
    """

    rows: int
    columns: int
    numbers: int
    embedding: int
    layers: tuple[int, ...]
    dropout: float
    anomaly: int | None = None

    @classmethod
    def of(cls, extractor: FeatureExtractor, settings: Train, *, anomaly: bool = False) -> Self:
        """Return the shape for a fitted feature path."""
        return cls(
            rows=extractor.rows,
            columns=len(extractor.code_names),
            numbers=len(extractor.number_names),
            embedding=settings.embedding,
            layers=settings.layers,
            dropout=settings.dropout,
            anomaly=settings.anomaly_width if anomaly else None,
        )


def build_network(shape: Shape) -> keras.Model:
    """Build the network: ``codes`` int32 [n, columns], ``numbers`` float32 [n, numbers] → float32 [n, 1].

    With an anomaly head: → {``logit``: float32 [n, 1], ``anomaly``: float32 [n, 1]}.
    """
    codes = keras.Input((shape.columns,), dtype="int32", name="codes")
    numbers = keras.Input((shape.numbers,), dtype="float32", name="numbers")
    embedded = SharedTable(shape.rows, shape.embedding, shape.columns, name="embedding")(codes)
    hidden = keras.layers.Concatenate(name="joined")([embedded, numbers])
    for index, width in enumerate(shape.layers):
        hidden = keras.layers.Dense(width, activation="relu", name=f"dense_{index}")(hidden)
        hidden = keras.layers.Dropout(shape.dropout, name=f"dropout_{index}")(hidden)
    logit = keras.layers.Dense(1, name="logit")(hidden)
    model = keras.Model({"codes": codes, "numbers": numbers}, logit, name="claims_model")
    return model if shape.anomaly is None else with_anomaly(model, shape.anomaly, shape.dropout)


def with_anomaly(model: keras.Model, width: int, dropout: float) -> keras.Model:
    """Add an anomaly head, fresh, to the same network: a branch of its own over the joined inputs."""
    joined = model.get_layer("joined").output
    branch = keras.Sequential(
        [
            keras.Input((joined.shape[1],)),
            keras.layers.Dense(width, activation="relu"),
            keras.layers.Dropout(dropout),
            keras.layers.Dense(1),
        ],
        name="anomaly",
    )
    return keras.Model(model.input, {"logit": model.output, "anomaly": branch(joined)}, name=model.name)


def predict_logits(model: keras.Model, inputs: ModelInputs) -> Logits:
    """Predict the logits of approval of n claims: float64 [n]."""
    return predict_outputs(model, inputs).logit


def predict_outputs(model: keras.Model, inputs: ModelInputs) -> Outputs:
    """Predict all that the network says of n claims."""
    fed = {"codes": inputs.codes, "numbers": inputs.numbers}
    predicted = model.predict(fed, batch_size=4096, verbose=0)
    named = predicted if isinstance(predicted, dict) else {"logit": predicted}
    return Outputs(**{name: np.asarray(values, dtype=np.float64)[:, 0] for name, values in named.items()})


def class_weights(outcome: NDArray[np.float32]) -> dict[int, float]:
    """Return the weights that make both outcomes count alike."""
    approved = float(outcome.mean())
    return {0: 0.5 / (1 - approved), 1: 0.5 / approved}
