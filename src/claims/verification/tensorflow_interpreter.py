"""A .tflite graph run by TensorFlow's own interpreter: the second opinion of `verify`, and nothing else.

TensorFlow deprecates it in favour of LiteRT; while both exist, they have to agree.
"""

import warnings

import numpy as np
import tensorflow as tf

from claims.decisions.logits import Outputs
from claims.features.extractor import ModelInputs
from claims.model.interpreter import Tensor
from claims.training.saved_model import SIGNATURE


def run_by_tensorflow(content: bytes, inputs: ModelInputs) -> Outputs:
    """Return all logits of n claims, run in one batch."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*tf.lite.Interpreter is deprecated")
        runner = tf.lite.Interpreter(model_content=content).get_signature_runner(SIGNATURE)
    numbers = Tensor.of(runner.get_input_details()["numbers"]).quantized(inputs.numbers)
    results = runner(codes=inputs.codes, numbers=numbers)
    outputs = {name: Tensor.of(details) for name, details in runner.get_output_details().items()}
    return Outputs(
        **{name: tensor.dequantized(np.asarray(results[name]))[:, 0] for name, tensor in outputs.items()}
    )
