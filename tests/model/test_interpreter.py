"""LiteRT runs a graph so that a claim's score depends on that claim alone."""

import numpy as np
import pytest

from claims.base.errors import ModelError
from claims.features.extractor import ModelInputs
from claims.model.interpreter import BATCHES, TFLiteModel
from model_parts import VARIANTS, Parts, first_rows


@pytest.fixture(scope="module", params=VARIANTS)
def model(request, parts: Parts) -> TFLiteModel:
    return TFLiteModel(parts.variants[request.param])


@pytest.fixture(scope="module")
def singly(model: TFLiteModel, labelled) -> np.ndarray:
    rows = (first_rows(labelled.inputs, slice(row, row + 1)) for row in range(max(BATCHES) + 1))
    return np.concatenate([model.logits(row) for row in rows])


@pytest.mark.parametrize("size", [0, 1, 2, 63, 64, 65, 1023, 1024, 1025])
def test_a_batch_scores_bit_for_bit_as_its_claims_one_by_one(model, singly, labelled, size: int) -> None:
    logits = model.logits(first_rows(labelled.inputs, slice(0, size)))
    assert logits.dtype == np.float64
    np.testing.assert_array_equal(logits, singly[:size])


def test_the_place_in_a_batch_does_not_matter(model, singly, labelled) -> None:
    order = np.random.default_rng(1).permutation(len(singly))
    np.testing.assert_array_equal(model.logits(first_rows(labelled.inputs, order)), singly[order])


def test_rows_may_lie_apart_in_memory(model, singly, labelled) -> None:
    inputs = first_rows(labelled.inputs, slice(0, 65))
    apart = ModelInputs(np.asfortranarray(inputs.codes), np.asfortranarray(inputs.numbers))
    np.testing.assert_array_equal(model.logits(apart), singly[:65])


@pytest.mark.parametrize("threads", [1, 2])
def test_threads_do_not_change_a_score(parts: Parts, labelled, threads: int) -> None:
    inputs = first_rows(labelled.inputs, slice(0, 100))
    expected = TFLiteModel(parts.variants["float32"]).logits(inputs)
    np.testing.assert_array_equal(TFLiteModel(parts.variants["float32"], threads).logits(inputs), expected)


@pytest.mark.parametrize("content", [b"", b"garbage" * 100, b"\x1c\x00\x00\x00TFL3" + bytes(200)])
def test_bytes_that_are_no_graph_are_refused(content: bytes) -> None:
    with pytest.raises(ModelError, match=r"broken\.tflite: no graph"):
        TFLiteModel(content, name="broken.tflite")


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_a_graph_cut_short_is_refused(parts: Parts, share: float) -> None:
    content = parts.variants["float32"]
    with pytest.raises(ModelError, match="Build it again"):
        TFLiteModel(content[: int(share * len(content))])
