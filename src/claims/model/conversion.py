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

    While there is room, every value of every slice is there with both of its outcomes; the other rows are
    taken evenly from all rows in the order of outcome and slices, so in proportion.
    """
    order = np.random.default_rng(seed).permutation(len(rows))
    outcome = rows.outcome[order].astype(np.int64)
    values = [column.codes[order] for column in rows.slices.values()]
    strata = [outcome, *(2 * codes + outcome for codes in values)]
    each = np.unique(np.concatenate([np.unique(s, return_index=True)[1] for s in strata]))[:count]
    ranked = np.lexsort(np.stack([*reversed(values), outcome]))
    others = ranked[~np.isin(ranked, each)]
    evenly = np.linspace(0, len(others) - 1, min(count, len(rows)) - len(each)).astype(np.int64)
    return np.sort(order[np.concatenate((each, others[evenly]))])
