"""The SavedModel: one plain signature that gives what Keras gives, and no random byte."""

import numpy as np
import pytest
import tensorflow as tf

from claims.training.candidate import SAVED_MODEL
from claims.training.network import predict_outputs
from claims.training.saved_model import SIGNATURE
from model_parts import Parts, contents


@pytest.fixture(scope="module")
def signature(parts: Parts):
    loaded = tf.saved_model.load(parts.candidate / SAVED_MODEL)
    yield loaded.signatures[SIGNATURE]
    del loaded


def test_it_gives_the_logits_of_keras(parts: Parts, signature) -> None:
    inputs = parts.rows.inputs
    outputs = signature(codes=tf.constant(inputs.codes), numbers=tf.constant(inputs.numbers))
    expected = predict_outputs(parts.keras, inputs)._asdict()
    assert set(outputs) == set(expected) == {"logit", "anomaly"}
    for name, logits in expected.items():
        np.testing.assert_allclose(outputs[name].numpy()[:, 0], logits, rtol=0, atol=1e-5)


def test_it_takes_codes_and_numbers_of_any_count(parts: Parts, signature) -> None:
    inputs, (_, named) = parts.rows.inputs, signature.structured_input_signature
    specs = {name: (spec.shape.as_list(), spec.dtype) for name, spec in named.items()}
    assert specs == {
        "codes": ([None, inputs.codes.shape[1]], tf.int32),
        "numbers": ([None, inputs.numbers.shape[1]], tf.float32),
    }


def test_it_holds_no_random_fingerprint(parts: Parts) -> None:
    assert {name.split("/")[0] for name in contents(parts.candidate / SAVED_MODEL)} == {
        "saved_model.pb",
        "variables",
    }
