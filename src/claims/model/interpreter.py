"""A .tflite graph run by LiteRT, without TensorFlow: model inputs in, logits out."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from numpy.typing import NDArray

from claims.errors import ModelError
from claims.features.extractor import Inputs
from claims.model.logits import Logits

BATCHES = (1, 64, 1024)  # one interpreter each: resizing one costs more than padding


@dataclass(frozen=True)
class _Tensor:
    """A tensor's place, type and quantization."""

    index: int
    dtype: Any
    scale: float
    zero_point: int

    def quantized(self, values: NDArray[np.float32]) -> NDArray[Any]:
        if np.issubdtype(self.dtype, np.floating):
            return values
        limits = np.iinfo(self.dtype)
        return np.clip(np.rint(values / self.scale) + self.zero_point, limits.min, limits.max).astype(
            self.dtype
        )

    def dequantized(self, values: NDArray[Any]) -> Logits:
        if np.issubdtype(self.dtype, np.floating):
            return values.astype(np.float64)
        return (values.astype(np.float64) - self.zero_point) * self.scale


class _Sized:
    """One interpreter for one batch size."""

    def __init__(self, content: bytes, size: int, threads: int) -> None:
        self._interpreter = Interpreter(
            model_content=content,
            num_threads=threads,
            experimental_op_resolver_type=OpResolverType.BUILTIN,  # with XNNPACK
        )
        runner = self._interpreter.get_signature_runner()
        inputs, outputs = runner.get_input_details(), runner.get_output_details()
        del runner  # an interpreter cannot be resized while one of its runners lives
        for details in inputs.values():
            self._interpreter.resize_tensor_input(details["index"], [size, details["shape"][1]])
        self._interpreter.allocate_tensors()
        self._codes, self._numbers = _tensor(inputs["codes"]), _tensor(inputs["numbers"])
        self._logit = _tensor(next(iter(outputs.values())))

    def run(self, codes: NDArray[np.int32], numbers: NDArray[np.float32]) -> Logits:
        self._interpreter.set_tensor(self._codes.index, codes)
        self._interpreter.set_tensor(self._numbers.index, self._numbers.quantized(numbers))
        self._interpreter.invoke()
        return self._logit.dequantized(self._interpreter.get_tensor(self._logit.index))[:, 0]


def _tensor(details: dict[str, Any]) -> _Tensor:
    scale, zero_point = details["quantization"]
    return _Tensor(details["index"], details["dtype"], scale, zero_point)


class TFLiteModel:
    """A graph of ``codes`` and ``numbers`` to a logit; not safe to share between threads.

    Parameters
    ----------
    content
        A flatbuffer; what is appended to it does not matter.
    threads
        Of one call.
    name
        For messages.

    Raises
    ------
    ModelError
        Where LiteRT cannot load it, or it has other inputs.
    """

    def __init__(self, content: bytes, threads: int = 1, name: str = "model") -> None:
        try:
            self._by_size = {size: _Sized(content, size, threads) for size in BATCHES}
        except (ValueError, RuntimeError, KeyError) as error:
            found = str(error).splitlines()[0]
            raise ModelError(
                name, f"no graph of codes and numbers to a logit ({found})", "Build it again."
            ) from None

    def logits(self, inputs: Inputs) -> Logits:
        """Logits of n claims, each the same whatever else is in the batch: float64 [n]."""
        found = np.empty(len(inputs), dtype=np.float64)
        start = 0
        while start < len(inputs):
            left = len(inputs) - start
            size = next((size for size in BATCHES if size >= left), BATCHES[-1])
            end = min(start + size, len(inputs))
            codes, numbers = inputs.codes[start:end], inputs.numbers[start:end]
            found[start:end] = self._by_size[size].run(_padded(codes, size), _padded(numbers, size))[
                : end - start
            ]
            start = end
        return found


def _padded(rows: NDArray[Any], size: int) -> NDArray[Any]:
    """Fill up with zeros; rows do not influence each other."""
    if len(rows) == size:
        return np.ascontiguousarray(rows)
    filled = np.zeros((size, rows.shape[1]), dtype=rows.dtype)
    filled[: len(rows)] = rows
    return filled
