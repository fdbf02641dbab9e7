"""A .tflite graph run by LiteRT, without TensorFlow: model inputs in, logits out, bound by their names."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from numpy.typing import NDArray

from claims.base.errors import ModelError
from claims.decisions.logits import Logits, Outputs
from claims.features.extractor import ModelInputs

BATCHES = (1, 64, 1024)  # one interpreter each: resizing one costs more than padding


@dataclass(frozen=True)
class Tensor:
    """A tensor's place, type and quantization."""

    index: int
    dtype: Any
    scale: float
    zero_point: int

    @classmethod
    def of(cls, details: dict[str, Any]) -> Self:
        """Take a tensor's place, type and quantization from an interpreter's details."""
        scale, zero_point = details["quantization"]
        return cls(details["index"], details["dtype"], scale, zero_point)

    def quantized(self, values: NDArray[np.float32]) -> NDArray[Any]:
        """Return values as the tensor holds them."""
        if np.issubdtype(self.dtype, np.floating):
            return values
        limits = np.iinfo(self.dtype)
        return np.clip(np.rint(values / self.scale) + self.zero_point, limits.min, limits.max).astype(
            self.dtype
        )

    def dequantized(self, values: NDArray[Any]) -> Logits:
        """Return what the tensor holds, as float64."""
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
        self._codes, self._numbers = Tensor.of(inputs["codes"]), Tensor.of(inputs["numbers"])
        logit, *others = Outputs._fields
        present = [logit, *(name for name in others if name in outputs)]
        self._outputs = [Tensor.of(outputs[name]) for name in present]

    @property
    def output_count(self) -> int:
        """Count the outputs: one, or two where the graph has an anomaly head."""
        return len(self._outputs)

    def run(self, codes: NDArray[np.int32], numbers: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the logits of a full batch: float64 [outputs, size]."""
        self._interpreter.set_tensor(self._codes.index, codes)
        self._interpreter.set_tensor(self._numbers.index, self._numbers.quantized(numbers))
        self._interpreter.invoke()
        held = ((tensor, self._interpreter.get_tensor(tensor.index)) for tensor in self._outputs)
        return np.stack([tensor.dequantized(values)[:, 0] for tensor, values in held])


class TFLiteModel:
    """A graph from ``codes`` and ``numbers`` to ``logit``, some to ``anomaly`` too; one thread at a time.

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
            reason = str(error).splitlines()[0]
            raise ModelError(
                name, f"no graph of codes and numbers to a logit ({reason})", "Build it again."
            ) from None

    @property
    def scores_anomalies(self) -> bool:
        """Whether the graph has an anomaly head."""
        return self._by_size[BATCHES[0]].output_count > 1

    def logits(self, inputs: ModelInputs) -> Logits:
        """Return logits of approval of n claims: float64 [n]."""
        return self.outputs(inputs).logit

    def outputs(self, inputs: ModelInputs) -> Outputs:
        """Return all logits of n claims, each the same whatever else is in the batch."""
        logits = np.empty((self._by_size[BATCHES[0]].output_count, len(inputs)), dtype=np.float64)
        start = 0
        while start < len(inputs):
            left = len(inputs) - start
            size = next((size for size in BATCHES if size >= left), BATCHES[-1])
            end = min(start + size, len(inputs))
            codes, numbers = inputs.codes[start:end], inputs.numbers[start:end]
            padded = self._by_size[size].run(_padded(codes, size), _padded(numbers, size))
            logits[:, start:end] = padded[:, : end - start]
            start = end
        return Outputs(*logits)


def _padded(rows: NDArray[Any], size: int) -> NDArray[Any]:
    """Fill a batch up with rows of zeros; rows do not influence each other."""
    if len(rows) == size:
        return np.ascontiguousarray(rows)
    filled = np.zeros((size, rows.shape[1]), dtype=rows.dtype)
    filled[: len(rows)] = rows
    return filled
