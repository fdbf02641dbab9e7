"""TensorFlow's own interpreter reads every variant and type of boundary as LiteRT does."""

import numpy as np
import pytest

from claims.model.interpreter import TFLiteModel
from claims.quantization.conversion import convert
from claims.training.candidate import SAVED_MODEL
from claims.verification.tensorflow_interpreter import run_by_tensorflow
from model_parts import Parts, first_rows


@pytest.mark.parametrize("variant", ["float32", "float16", "dynamic", "int8"])
def test_each_output_goes_by_its_name(parts: Parts, variant: str) -> None:
    rows = first_rows(parts.rows.inputs, slice(0, 200))
    content = parts.variants[variant]
    tensorflow, litert = run_by_tensorflow(content, rows), TFLiteModel(content).outputs(rows)
    for logits, expected in zip(tensorflow, litert, strict=True):
        assert logits.shape == (200,)
        assert np.abs(logits - expected).max() < 0.2
    assert np.abs(tensorflow.logit - tensorflow.anomaly).max() > 0.5


@pytest.mark.parametrize("io", ["int8", "uint8"])
def test_quantized_boundaries_are_undone(parts: Parts, io: str) -> None:
    rows = first_rows(parts.rows.inputs, slice(0, 200))
    content = convert(parts.candidate / SAVED_MODEL, "int8", rows, io)
    expected = TFLiteModel(content).outputs(rows)
    assert np.abs(run_by_tensorflow(content, rows).logit - expected.logit).max() < 0.2
    assert np.ptp(expected.logit) > 1
