"""The variants of one network follow it, and are as small as they are said to be."""

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from claims.model.interpreter import TFLiteModel
from claims.training.network import predict_logits
from model_parts import VARIANTS, Parts, convert_variant

IO = {"float32": np.float32, "int8": np.int8, "uint8": np.uint8}


@pytest.fixture(scope="module")
def int8_by_io(parts: Parts) -> dict[str, bytes]:
    others = {io: convert_variant(parts.candidate, parts.rows, "int8", io) for io in ("int8", "uint8")}
    return {"float32": parts.variants["int8"]} | others


def opened(content: bytes) -> Interpreter:
    plain = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES  # a delegate would hide tensors
    interpreter = Interpreter(model_content=content, experimental_op_resolver_type=plain)
    interpreter.allocate_tensors()
    return interpreter


@pytest.mark.parametrize(
    ("variant", "share", "limit"),
    [("float32", 1.0, 1e-5), ("float16", 1.0, 0.01), ("dynamic", 0.99, 0.05), ("int8", 0.99, 0.25)],
)
def test_every_variant_follows_keras(parts: Parts, variant: str, share: float, limit: float) -> None:
    expected = predict_logits(parts.keras, parts.rows.inputs)
    logits = TFLiteModel(parts.variants[variant]).logits(parts.rows.inputs)
    assert np.quantile(np.abs(logits - expected), share) <= limit
    assert np.corrcoef(logits, expected)[0, 1] > 0.99


def test_quantized_variants_are_smaller(parts: Parts) -> None:
    sizes = {name: len(content) for name, content in parts.variants.items()}
    assert max(sizes["dynamic"], sizes["int8"]) < 0.5 * sizes["float32"]


@pytest.mark.parametrize("variant", VARIANTS)
def test_conversion_is_repeatable(parts: Parts, variant: str) -> None:
    assert convert_variant(parts.candidate, parts.rows, variant) == parts.variants[variant]


@pytest.mark.parametrize("io", IO)
def test_the_int8_graph_computes_in_integers_alone(int8_by_io: dict[str, bytes], io: str) -> None:
    interpreter = opened(int8_by_io[io])
    inputs, outputs = interpreter.get_input_details(), interpreter.get_output_details()
    types = {("codes" if "codes" in d["name"] else "numbers"): d["dtype"] for d in inputs}
    assert types == {"codes": np.int32, "numbers": IO[io]}
    assert [details["dtype"] for details in outputs] == [IO[io], IO[io]]  # approval and anomaly
    boundary = {details["index"] for details in (*inputs, *outputs)}
    floats = {d["index"] for d in interpreter.get_tensor_details() if d["dtype"] == np.float32}
    assert floats <= boundary
    assert bool(floats) == (io == "float32")


def test_legal_types_of_the_boundary_score_alike(parts: Parts, int8_by_io: dict[str, bytes]) -> None:
    logits = {io: TFLiteModel(content).logits(parts.rows.inputs) for io, content in int8_by_io.items()}
    step = opened(int8_by_io["int8"]).get_output_details()[0]["quantization"][0]
    for io in ("int8", "uint8"):
        assert np.abs(logits[io] - logits["float32"]).max() <= 1.001 * step, io
