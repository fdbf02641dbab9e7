"""Conversion of a SavedModel to TensorFlow Lite: one function a variant."""

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from claims.features.extractor import Inputs
from claims.features.matrices import Labelled
from claims.model.saved_model import SIGNATURE

VARIANTS = ("float32", "dynamic", "int8")


def convert(saved_model: Path, variant: str, representative: Inputs, io: str) -> bytes:
    """Convert to one variant.

    Parameters
    ----------
    saved_model
        Folder of the SavedModel.
    variant
        ``float32``: as trained; ``dynamic``: int8 weights, float activations; ``int8``: all of it int8.
    representative
        Rows that set the int8 ranges of activations.
    io
        Type of the int8 variant's numbers and logit: float32, int8 or uint8; codes stay int32.

    Returns
    -------
    A flatbuffer.
    """
    converter = tf.lite.TFLiteConverter.from_saved_model(str(saved_model), signature_keys=[SIGNATURE])
    if variant != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if variant == "int8":
        converter.representative_dataset = _feed(representative)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = getattr(tf, io)
    with warnings.catch_warnings():  # the converter calibrates with an interpreter that TensorFlow deprecates
        warnings.filterwarnings("ignore", message=".*tf.lite.Interpreter is deprecated")
        return bytes(converter.convert())


def _feed(rows: Inputs) -> Callable[[], Iterator[dict[str, NDArray[Any]]]]:
    """Rows one by one, by input name: TFLite orders inputs its own way."""

    def generate() -> Iterator[dict[str, NDArray[Any]]]:
        for row in range(len(rows)):
            yield {"codes": rows.codes[row : row + 1], "numbers": rows.numbers[row : row + 1]}

    return generate


def choose_representative(rows: Labelled, count: int, seed: int) -> NDArray[np.int64]:
    """Row numbers of a sample stratified over outcome and slices: int64 [count], ascending.

    Every stratum (outcome × value of the first slices) gives rows in proportion, and the rarest give at
    least one while there is room.
    """
    strata = rows.outcome.astype(np.int64)
    for column in rows.slices.values():
        strata = strata * (len(column.levels) + 1) + column.codes + 1
    order = np.random.default_rng(seed).permutation(len(rows))
    _, stratum, sizes = np.unique(strata[order], return_inverse=True, return_counts=True)
    by_stratum = np.argsort(stratum, kind="stable")
    rank = np.empty(len(rows), dtype=np.int64)
    rank[by_stratum] = np.arange(len(rows)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    place = (rank + 0.5) / sizes[
        stratum
    ]  # the i-th of k stands at (i + ½)/k: the smallest places are taken first
    return np.sort(order[np.argsort(place, kind="stable")[:count]])
