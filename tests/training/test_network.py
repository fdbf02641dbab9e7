"""The network: a logit of codes and numbers, the same bytes for the same seed."""

import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from claims.features.matrices import write_labelled
from claims.training.candidate import SAVED_MODEL
from claims.training.network import Shape, SharedTable, build_network, class_weights
from model_parts import TRAIN, Parts, contents

AGAIN = """
import sys
from pathlib import Path
from model_parts import make_candidate
from claims.features.extractor import FeatureExtractor
from claims.features.matrices import read_labelled
folder = Path(sys.argv[1])
extractor = FeatureExtractor.model_validate_json((folder / "encoder.json").read_text())
make_candidate(extractor, read_labelled(folder / "rows.parquet"), Path(sys.argv[2]))
"""
TESTS = Path(__file__).parent.parent


def test_the_table_lays_the_rows_of_its_codes_side_by_side() -> None:
    layer, codes = SharedTable(rows=5, width=2, columns=3), np.array([[0, 4, 2], [1, 1, 1]], np.int32)
    embedded = layer(codes).numpy()
    np.testing.assert_array_equal(embedded, layer.table.numpy()[codes].reshape(2, 6))


def test_the_shape_of_a_network_is_that_of_its_features(fitted, parts: Parts) -> None:
    shape = Shape.of(fitted.extractor, TRAIN)
    codes, numbers = parts.keras.inputs
    assert codes.shape == (None, shape.columns) == (None, fitted.inputs.codes.shape[1])
    assert numbers.shape == (None, shape.numbers) == (None, fitted.inputs.numbers.shape[1])
    assert parts.keras.get_layer("embedding").table.shape == (fitted.extractor.rows, TRAIN.embedding)


def test_it_survives_its_own_config() -> None:
    shape = Shape(rows=5, columns=3, numbers=2, embedding=2, layers=(4,), dropout=0.1)
    model = build_network(shape)
    assert keras.Model.from_config(model.get_config()).count_params() == model.count_params()


def test_the_graph_ends_in_a_logit(parts: Parts) -> None:
    loaded = tf.saved_model.load(parts.candidate / SAVED_MODEL)
    functions = loaded.signatures["serving_default"].graph.as_graph_def().library.function
    kinds = {node.op for function in functions for node in function.node_def}
    assert "MatMul" in kinds
    assert kinds.isdisjoint({"Sigmoid", "Softmax", "Tanh"})


@pytest.mark.parametrize(("approved", "rejected"), [(9, 1), (5, 5), (2, 6)])
def test_class_weights_make_both_outcomes_count_alike(approved: int, rejected: int) -> None:
    weights = class_weights(np.repeat(np.float32([1, 0]), [approved, rejected]))
    assert weights[1] * approved == pytest.approx(weights[0] * rejected)
    assert weights[1] * approved + weights[0] * rejected == pytest.approx(approved + rejected)


def test_the_same_seed_gives_the_same_files_in_every_process(fitted, parts: Parts, tmp_path: Path) -> None:
    write_labelled(tmp_path / "rows.parquet", fitted.extractor, parts.rows)
    (tmp_path / "encoder.json").write_text(fitted.extractor.model_dump_json(), encoding="utf-8")
    command = [sys.executable, "-c", AGAIN, str(tmp_path)]
    running = [
        subprocess.Popen(
            [*command, str(tmp_path / seed)], cwd=TESTS, env=os.environ | {"PYTHONHASHSEED": seed}
        )
        for seed in ("1", "2")
    ]
    assert [process.wait() for process in running] == [0, 0]
    one, two = contents(tmp_path / "1"), contents(tmp_path / "2")
    assert len(one) >= 5
    assert one == two
