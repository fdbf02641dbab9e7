"""A SavedModel with the same bytes in every process.

Keras' own export visits variables in an order that changes from process to process. A plain module that
lists them in the network's order does not; what is left is the random identifier in ``fingerprint.pb``,
which loading does not need.
"""

from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from claims.training.network import Shape

SIGNATURE = "serving_default"


class _Served(tf.Module):
    def __init__(self, model: keras.Model) -> None:
        super().__init__()
        self.variables_in_order = [weight.value for weight in model.weights]
        self.serve = tf.function(lambda codes, numbers: _named(model, codes, numbers))


def _named(model: keras.Model, codes: Any, numbers: Any) -> dict[str, Any]:
    """Name the outputs; a network without an anomaly head gives its logit bare."""
    outputs = model({"codes": codes, "numbers": numbers}, training=False)
    return outputs if isinstance(outputs, dict) else {"logit": outputs}


def export_saved_model(model: keras.Model, shape: Shape, folder: Path) -> None:
    """Write a SavedModel whose one signature takes ``codes`` and ``numbers`` and gives ``logit``.

    It gives ``anomaly`` too where the network has that output.
    """
    served = _Served(model)
    signature: Any = served.serve.get_concrete_function(
        codes=tf.TensorSpec((None, shape.columns), tf.int32, "codes"),
        numbers=tf.TensorSpec((None, shape.numbers), tf.float32, "numbers"),
    )
    tf.saved_model.save(served, str(folder), signatures={SIGNATURE: signature})
    (folder / "fingerprint.pb").unlink()
