"""Conversion of a SavedModel to TensorFlow Lite: one function a variant."""

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import tensorflow as tf
from numpy.typing import NDArray

from claims.features.extractor import ModelInputs
from claims.training.saved_model import SIGNATURE

INTEGER = ("int8", "qat")  # variants that compute in integers alone


def convert(saved_model: Path, variant: str, representative: ModelInputs, io: str) -> bytes:
    """Convert to one variant.

    Parameters
    ----------
    saved_model
        Folder of the SavedModel.
    variant
        ``float32``: as trained; ``float16``: weights of half the size; ``dynamic``: int8 weights, float
        activations; ``int8`` and ``qat``: all of it int8.
    representative
        Rows that set the int8 ranges of activations.
    io
        Type of an int8 graph's numbers and outputs: float32, int8 or uint8; codes stay int32.

    Returns
    -------
    A flatbuffer.
    """
    converter = tf.lite.TFLiteConverter.from_saved_model(str(saved_model), signature_keys=[SIGNATURE])
    if variant != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if variant == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if variant in INTEGER:
        converter.representative_dataset = _feed(representative)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = getattr(tf, io)
    with warnings.catch_warnings():  # the converter calibrates with an interpreter that TensorFlow deprecates
        warnings.filterwarnings("ignore", message=".*tf.lite.Interpreter is deprecated")
        return bytes(converter.convert())


def _feed(rows: ModelInputs) -> Callable[[], Iterator[dict[str, NDArray[Any]]]]:
    """Rows one by one, by input name: TFLite orders inputs its own way."""

    def generate() -> Iterator[dict[str, NDArray[Any]]]:
        for row in range(len(rows)):
            yield {"codes": rows.codes[row : row + 1], "numbers": rows.numbers[row : row + 1]}

    return generate
