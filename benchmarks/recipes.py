"""Networks that differ from the one that ships in one ingredient each.

Sources: piecewise-linear and periodic encodings as in Gorishniy, Rubachev and Babenko (2022),
arXiv:2203.05556; members sharing weights as in Gorishniy, Kotelnikov and Babenko (2024), arXiv:2410.24210;
averaged weights as in Polyak and Juditsky (1992), doi:10.1137/0330046; smoothed labels as in Szegedy et al.
(2016), arXiv:1512.00567.
"""

import claims.pipeline  # noqa: F401 - settings that decide bytes, before TensorFlow

# isort: split

import math
from dataclasses import dataclass
from typing import Any, Literal

import keras
import numpy as np
import tensorflow as tf

from claims.config.params import Train
from claims.features.encoders.presence import Presence
from claims.features.encoders.scale import Scale
from claims.features.extractor import FeatureExtractor, ModelInputs
from claims.features.kinds.prior_rate import RateTable
from claims.features.means import TargetTable
from claims.training.fit import falling_rate
from claims.training.network import SharedTable

PIECES = 16  # of a number's range, each with about the same number of claims
FREQUENCIES, PERIODIC_WIDTH = 16, 8  # of one number


@dataclass(frozen=True)
class Recipe:
    """What a network is made of; the defaults are what ships.

    Attributes
    ----------
    embedding
        Width of a code's embedding; None: as params.yaml says.
    bins, lists, rates
        Whether it reads the bin codes of numbers, the multi-hot lists, and the target encodings.
    encoding
        Of numbers, beside their plain value.
    spread
        Standard deviation of the first periodic frequencies.
    members
        Networks in one that share their weights up to a scale of each unit.
    average
        Momentum of the running mean of weights that takes their place after each epoch.
    smoothing
        Share of the label that is spread over both outcomes.
    falling
        Whether the learning rate falls to zero, or stays.
    """

    embedding: int | None = None
    bins: bool = True
    lists: bool = True
    rates: bool = True
    encoding: Literal["piecewise", "periodic"] | None = None
    spread: float = 1.0
    members: int = 1
    average: float | None = None
    smoothing: float = 0.0
    falling: bool = True


SHIPPED = "as it ships"
LOSS = "val_plain_loss"  # without smoothing, by which all are stopped
RECIPES = {
    SHIPPED: Recipe(),
    "embedding of 2": Recipe(embedding=2),
    "embedding of 8": Recipe(embedding=8),
    "embedding of 16": Recipe(embedding=16),
    "no bins of numbers": Recipe(bins=False),
    "piecewise-linear in place of bins": Recipe(bins=False, encoding="piecewise"),
    "piecewise-linear beside bins": Recipe(encoding="piecewise"),
    "periodic (σ 1) in place of bins": Recipe(bins=False, encoding="periodic"),
    "periodic (σ 1) beside bins": Recipe(encoding="periodic"),
    "periodic (σ 0.3) beside bins": Recipe(encoding="periodic", spread=0.3),
    "no multi-hot lists": Recipe(lists=False),
    "no target encodings": Recipe(rates=False),
    "8 members sharing weights": Recipe(members=8),
    "averaged weights (0.99)": Recipe(average=0.99),
    "constant learning rate": Recipe(falling=False),
    "smoothed labels (0.05)": Recipe(smoothing=0.05),
}


@dataclass(frozen=True)
class Columns:
    """Which columns of the model inputs a recipe reads.

    Attributes
    ----------
    codes, numbers
        Their places.
    scaled
        Places, among ``numbers``, of those that are neither flags nor lists.
    """

    codes: list[int]
    numbers: list[int]
    scaled: list[int]

    @classmethod
    def of(cls, recipe: Recipe, extractor: FeatureExtractor) -> "Columns":
        """Leave out what the recipe leaves out."""
        codes: list[int] = []
        numbers: list[int] = []
        scaled: list[int] = []
        for name, places in extractor.places.items():
            encoder = extractor.encoders[name]
            learned = isinstance(extractor.fitted.get(name), TargetTable | RateTable)
            if (learned and not recipe.rates) or (isinstance(encoder, Presence) and not recipe.lists):
                continue
            if recipe.bins or not isinstance(encoder, Scale):
                codes += places.codes
            if isinstance(encoder, Scale):
                scaled.append(len(numbers))
            numbers += places.numbers
        return cls(codes, numbers, scaled)

    def fed(self, inputs: ModelInputs) -> dict[str, Any]:
        """What Keras is given of n claims."""
        return {"codes": inputs.codes[:, self.codes], "numbers": inputs.numbers[:, self.numbers]}


def compiled(
    recipe: Recipe, extractor: FeatureExtractor, settings: Train, rows: int
) -> tuple[keras.Model, Columns]:
    """A fresh network for an epoch of that many rows, which gives one logit a member: [n, members]."""
    columns = Columns.of(recipe, extractor)
    codes = keras.Input((len(columns.codes),), dtype="int32", name="codes")
    numbers = keras.Input((len(columns.numbers),), name="numbers")
    width = recipe.embedding or settings.embedding
    parts = [SharedTable(extractor.rows, width, len(columns.codes))(codes), numbers]
    if recipe.encoding is not None:
        parts.append(_encoding(recipe)(keras.ops.take(numbers, columns.scaled, axis=1)))
    hidden = keras.layers.Concatenate()(parts)
    hidden = _hidden(recipe, settings, hidden)
    model = keras.Model({"codes": codes, "numbers": numbers}, hidden)
    average = {} if recipe.average is None else {"use_ema": True, "ema_momentum": recipe.average}
    model.compile(
        keras.optimizers.AdamW(
            falling_rate(settings, rows) if recipe.falling else settings.learning_rate,
            weight_decay=settings.weight_decay,
            ema_overwrite_frequency=math.ceil(rows / settings.batch_size),
            **average,
        ),
        keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=recipe.smoothing),
        metrics=[keras.metrics.BinaryCrossentropy(LOSS.removeprefix("val_"), from_logits=True)],
    )
    return model, columns


def _hidden(recipe: Recipe, settings: Train, hidden: Any) -> Any:
    if recipe.members == 1:
        for width in settings.layers:
            hidden = keras.layers.Dense(width, activation="relu")(hidden)
            hidden = keras.layers.Dropout(settings.dropout)(hidden)
        return keras.layers.Dense(1)(hidden)
    hidden = keras.ops.repeat(hidden[:, None, :], recipe.members, axis=1)
    for index, width in enumerate(settings.layers):
        hidden = SharedDense(width, first=index == 0)(hidden)
        hidden = keras.layers.Dropout(settings.dropout)(keras.ops.relu(hidden))
    return OwnLogit()(hidden)


def _encoding(recipe: Recipe) -> keras.layers.Layer:
    return Piecewise() if recipe.encoding == "piecewise" else Periodic(recipe.spread)


class Piecewise(keras.layers.Layer):
    """Each number as how far it fills each piece of its range: float32 [n, K] → [n, K · pieces]."""

    def call(self, numbers: Any) -> Any:
        """The pieces are even, since the numbers are ranks in [−1, 1]."""
        starts = np.linspace(-1, 1, PIECES + 1, dtype=np.float32)[:-1]
        filled = tf.clip_by_value((numbers[:, :, None] - starts) * (PIECES / 2), 0, 1)
        return tf.reshape(filled, (-1, numbers.shape[1] * PIECES))


class Periodic(keras.layers.Layer):
    """Each number through sines of learned frequencies and a layer of its own: [n, K] → [n, K · width]."""

    def __init__(self, spread: float) -> None:
        super().__init__()
        self.spread = spread

    def build(self, shape: tuple[int | None, int]) -> None:
        """Frequencies [K, F], weights [K, 2F, width]."""
        first = keras.initializers.RandomNormal(stddev=self.spread)
        self.frequencies = self.add_weight(shape=(shape[1], FREQUENCIES), initializer=first)
        scale = keras.initializers.RandomUniform(*np.array([-1, 1]) / np.sqrt(2 * FREQUENCIES))
        self.kernel = self.add_weight(shape=(shape[1], 2 * FREQUENCIES, PERIODIC_WIDTH), initializer=scale)
        self.bias = self.add_weight(shape=(shape[1], PERIODIC_WIDTH), initializer="zeros")

    def call(self, numbers: Any) -> Any:
        """Sines and cosines, then a dense layer a number."""
        angles = 2 * np.pi * numbers[:, :, None] * self.frequencies
        waves = tf.concat((tf.sin(angles), tf.cos(angles)), axis=2)
        activations = tf.nn.relu(tf.einsum("nkf,kfw->nkw", waves, self.kernel) + self.bias)
        return tf.reshape(activations, (-1, numbers.shape[1] * PERIODIC_WIDTH))


class SharedDense(keras.layers.Layer):
    """A dense layer of all members that scales its inputs and outputs for each: [n, M, D] → [n, M, width]."""

    def __init__(self, width: int, *, first: bool) -> None:
        super().__init__()
        self.width, self.first = width, first

    def build(self, shape: tuple[int | None, int, int]) -> None:
        """The members start apart in the first layer's scales alone, as signs."""
        members, inputs = shape[1:]
        draw = keras.random.randint((members, inputs), 0, 2, seed=keras.random.SeedGenerator())
        signs = np.asarray(draw, dtype=np.float32) * 2 - 1
        start = keras.initializers.Constant(signs if self.first else 1.0)
        self.scale_in = self.add_weight(shape=(members, inputs), initializer=start)
        self.scale_out = self.add_weight(shape=(members, self.width), initializer="ones")
        self.kernel = self.add_weight(shape=(inputs, self.width), initializer="glorot_uniform")
        self.bias = self.add_weight(shape=(members, self.width), initializer="zeros")

    def call(self, inputs: Any) -> Any:
        """One product for all members."""
        return tf.matmul(inputs * self.scale_in, self.kernel) * self.scale_out + self.bias


class OwnLogit(keras.layers.Layer):
    """One logit a member, with weights of its own: [n, M, D] → [n, M]."""

    def build(self, shape: tuple[int | None, int, int]) -> None:
        """Weights [M, D]."""
        scale = keras.initializers.RandomUniform(*np.array([-1, 1]) / np.sqrt(shape[2]))
        self.kernel = self.add_weight(shape=shape[1:], initializer=scale)
        self.bias = self.add_weight(shape=(shape[1],), initializer="zeros")

    def call(self, inputs: Any) -> Any:
        """Each member by itself."""
        return tf.reduce_sum(inputs * self.kernel, axis=2) + self.bias
