"""Quantization-aware training: it starts from the candidate, stays near it, and converts to int8 alone."""

import keras
import numpy as np
import pytest

from claims.config.params import AwareTraining
from claims.model.interpreter import TFLiteModel
from claims.quantization.conversion import convert
from claims.quantization.graph import Graph, check_integer
from claims.quantization.qat import Rounded, build_aware, train_aware
from claims.training.candidate import read_recipe
from claims.training.network import predict_outputs
from claims.training.saved_model import export_saved_model
from model_parts import SEED, Parts, first_rows

SETTINGS = AwareTraining(epochs=1, learning_rate=1e-4, batch_size=256)


@pytest.fixture(scope="module", params=["parts", "plain_parts"])
def trained(request) -> tuple[Parts, keras.Model]:
    """With an anomaly head and without."""
    parts = request.getfixturevalue(request.param)
    shape = read_recipe(parts.candidate).shape
    return parts, train_aware(parts.keras, shape, SETTINGS, SEED, parts.rows.inputs)


def test_it_says_what_the_candidate_says(trained) -> None:
    parts, model = trained
    before, after = (predict_outputs(network, parts.rows.inputs) for network in (parts.keras, model))
    for expected, actual in zip(before, after, strict=True):
        assert (expected is None) == (actual is None)
        if expected is not None:
            assert np.corrcoef(expected, actual)[0, 1] > 0.995


def test_the_candidate_stays_as_it_is(parts: Parts) -> None:
    before = [weights.copy() for weights in parts.keras.get_weights()]
    model = train_aware(parts.keras, read_recipe(parts.candidate).shape, SETTINGS, SEED, parts.rows.inputs)
    assert all(np.array_equal(a, b) for a, b in zip(before, parts.keras.get_weights(), strict=True))
    table = parts.keras.get_layer("embedding").get_weights()[0]
    assert not np.array_equal(model.get_layer("embedding").get_weights()[0], table)


@pytest.mark.parametrize(("low", "high"), [(-8.0, -1.0), (1.0, 8.0), (-3.0, 5.0)])
def test_a_range_of_one_sign_is_rounded_and_not_shifted(low: float, high: float) -> None:
    layer = Rounded()
    values = np.linspace(low, high, 100, dtype=np.float32)
    layer(values, training=True)
    step = (max(high, 0.0) - min(low, 0.0)) / 255
    assert np.abs(np.asarray(layer(values)) - values).max() <= step / 2 + 1e-5


def test_it_converts_to_integers_alone(trained, tmp_path) -> None:
    parts, model = trained
    export_saved_model(model, read_recipe(parts.candidate).shape, tmp_path / "saved")
    content = convert(tmp_path / "saved", "qat", first_rows(parts.rows.inputs, slice(0, 200)), "float32")
    check_integer(Graph.read(content), "float32")
    logits = TFLiteModel(content).logits(parts.rows.inputs)
    assert np.corrcoef(logits, predict_outputs(parts.keras, parts.rows.inputs).logit)[0, 1] > 0.99


def test_the_same_seed_gives_the_same_weights(parts: Parts) -> None:
    shape, rows = read_recipe(parts.candidate).shape, first_rows(parts.rows.inputs, slice(0, 512))
    one, two = (train_aware(parts.keras, shape, SETTINGS, SEED, rows).get_weights() for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))


def test_ranges_follow_the_activations(parts: Parts) -> None:
    shape = read_recipe(parts.candidate).shape
    model = build_aware(shape, weights=True)
    rows = first_rows(parts.rows.inputs, slice(0, 300))
    model({"codes": rows.codes, "numbers": rows.numbers}, training=True)
    ranges = next(layer for layer in model.layers if layer.name.startswith("rounded")).get_weights()
    assert ranges[0] <= rows.numbers.min()
    assert ranges[1] >= rows.numbers.max()
