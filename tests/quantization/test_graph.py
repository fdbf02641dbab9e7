"""A flatbuffer read back: what it is made of, and a graph that is int8 in part is no int8 graph."""

from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf

from claims.base.errors import GateError
from claims.quantization.graph import Graph, check_integer
from claims.results.variant import ChannelScales, TensorScale
from model_parts import Parts, convert_variant


@pytest.fixture(scope="module")
def graphs(parts: Parts) -> dict[str, Graph]:
    return {name: Graph.read(content) for name, content in parts.variants.items()}


def test_the_int8_graph_is_described_by_role(graphs) -> None:
    description = graphs["int8"].describe()
    assert description.inputs == {"codes": "INT32", "numbers": "FLOAT32"}
    assert description.outputs == {"anomaly": "FLOAT32", "logit": "FLOAT32"}
    assert description.tensors["INT32 category codes"] == 1
    assert description.tensors["INT32 biases"] == description.operators["FULLY_CONNECTED"] == 5
    assert description.tensors["FLOAT32"] == 3  # the boundary


def test_scales_and_zero_points_are_stated(graphs) -> None:
    scales = graphs["int8"].describe().quantization
    channels = [tensor for tensor in scales.values() if isinstance(tensor, ChannelScales)]
    assert sorted(len(tensor.scales) for tensor in channels) == [
        32,
        32,
        64,
        64,
        128,
        128,
    ]  # kernels and biases
    assert all(tensor.zero_points == [0] and min(tensor.scales) > 0 for tensor in channels)
    assert all(tensor.scale > 0 for tensor in scales.values() if isinstance(tensor, TensorScale))


def test_an_int8_graph_passes(graphs) -> None:
    check_integer(graphs["int8"], "float32")


@pytest.mark.parametrize("io", ["int8", "uint8"])
def test_integer_inputs_and_outputs_pass(parts: Parts, io: str) -> None:
    graph = Graph.read(convert_variant(parts.candidate, parts.rows, "int8", io))
    check_integer(graph, io)
    assert graph.float_tensors() == []
    with pytest.raises(GateError, match=rf"int8: numbers {io.upper()}, not FLOAT32"):
        check_integer(graph, "float32")


@pytest.mark.parametrize("variant", ["float32", "float16", "dynamic"])
def test_a_graph_in_float_is_refused(graphs, variant: str) -> None:
    with pytest.raises(GateError, match=r"int8: .* in float: the graph is int8 in part"):
        check_integer(graphs[variant], "float32")


def test_a_graph_with_one_float_layer_is_refused() -> None:
    """Mostly int8: one operator has no int8 kernel, and the converter is let off."""
    numbers = keras.Input((8,), name="numbers")
    codes = keras.Input((2,), dtype="int32", name="codes")
    known = keras.layers.Embedding(10, 4)(codes)
    hidden = keras.layers.Concatenate()([keras.layers.Flatten()(known), numbers])
    hidden = keras.layers.Dense(8, activation="relu")(hidden)
    hidden = keras.layers.Lambda(tf.math.cos)(hidden)  # cosine is float alone
    model = keras.Model({"codes": codes, "numbers": numbers}, {"logit": keras.layers.Dense(1)(hidden)})
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    random = np.random.default_rng(1)

    def rows():
        for _ in range(20):
            yield {
                "codes": random.integers(0, 10, (1, 2)).astype(np.int32),
                "numbers": random.random((1, 8)).astype(np.float32),
            }

    converter.representative_dataset = rows
    graph = Graph.read(converter.convert())
    assert "INT8" in graph.describe().tensors
    with pytest.raises(GateError, match=r"int8: .*COS.* in float: the graph is int8 in part"):
        check_integer(graph, "float32")


def retyped(graph: Graph, before: str, after: str) -> Graph:
    tensors = [replace(t, type=after) if t.type == before else t for t in graph.tensors]
    return replace(graph, tensors=tuple(tensors))


def flattened(graph: Graph) -> Graph:
    """One scale for all channels of every weight and bias."""
    return replace(graph, tensors=tuple(replace(t, scales=t.scales[:1]) for t in graph.tensors))


def renamed(graph: Graph, after: str) -> Graph:
    names = {"FULLY_CONNECTED": after}
    return replace(
        graph, operators=tuple(replace(o, name=names.get(o.name, o.name)) for o in graph.operators)
    )


def test_one_scale_for_all_channels_is_refused(graphs) -> None:
    with pytest.raises(GateError, match=r"one scale for all channels"):
        check_integer(flattened(graphs["int8"]), "float32")


@pytest.mark.parametrize("after", ["INT16", "INT4", "UINT8", "INT32"])
def test_tensors_of_another_integer_type_are_refused(graphs, after: str) -> None:
    with pytest.raises(GateError, match=rf"int8: .* {after}.*: not what an int8 graph is made of"):
        check_integer(retyped(graphs["int8"], "INT8", after), "float32")


def test_half_floats_are_floats(graphs) -> None:
    with pytest.raises(GateError, match=r"int8: .* in float"):
        check_integer(retyped(graphs["int8"], "INT8", "BFLOAT16"), "float32")


def test_an_operator_of_which_nothing_is_known_is_refused(graphs) -> None:
    with pytest.raises(GateError, match=r"int8: BATCH_MATMUL.*: not what an int8 graph is made of"):
        check_integer(flattened(renamed(graphs["int8"], "BATCH_MATMUL")), "float32")


def test_the_grid_of_an_output_is_what_it_can_hold(graphs) -> None:
    grids = graphs["int8"].output_grids()
    assert set(grids) == {"logit", "anomaly"}
    assert all(0 < grid.step < 0.2 for grid in grids.values())
    assert all(np.isclose(grid.largest - grid.least, 255 * grid.step) for grid in grids.values())
    assert graphs["float32"].output_grids() == {}
