"""A .tflite graph read back: its operators, tensors and scales, and the proof that an int8 one is int8.

What a converter was asked for is not what it did: without ranges for one tensor it leaves that one in float
and says nothing. So the flatbuffer itself is read.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from claims.base.errors import GateError
from claims.base.rounding import rounded
from claims.results.variant import ChannelScales, GraphMetrics, TensorScale

CODES = "codes"  # the input of category codes: indices, whatever else is quantized
_WEIGHTED = "FULLY_CONNECTED"  # operators whose weights can have a scale a channel
_KNOWN = {"CONCATENATION", "DEQUANTIZE", "FULLY_CONNECTED", "GATHER", "QUANTIZE", "RESHAPE"}  # of the network
_BOUNDARY = {"QUANTIZE": "float32 to int8", "DEQUANTIZE": "int8 to float32"}
_DIGITS = 9


@dataclass(frozen=True)
class Tensor:
    """A tensor; ``scales`` and ``zero_points`` are empty where it is not quantized, one a channel or one."""

    name: str
    type: str
    shape: tuple[int, ...]
    scales: tuple[float, ...]
    zero_points: tuple[int, ...]

    @property
    def is_float(self) -> bool:
        """Tell whether it holds floating-point numbers."""
        return "FLOAT" in self.type


@dataclass(frozen=True)
class Grid:
    """The values that a quantized output can take, a step apart; what lies beyond them is cut."""

    step: float
    least: float
    largest: float

    @classmethod
    def of(cls, tensor: Tensor) -> Self:
        """Make it from a tensor's scale and zero point."""
        limits, scale, zero = np.iinfo(tensor.type.lower()), tensor.scales[0], tensor.zero_points[0]
        return cls(scale, scale * (int(limits.min) - zero), scale * (int(limits.max) - zero))


@dataclass(frozen=True)
class Operator:
    """An operator with the places of its inputs and outputs among the tensors; −1: an input left out."""

    name: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


@dataclass(frozen=True)
class Graph:
    """The one subgraph of a model.

    Attributes
    ----------
    tensors, operators
        In the flatbuffer's order.
    inputs, outputs
        Places of the signature's tensors, by name.
    """

    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    inputs: dict[str, int]
    outputs: dict[str, int]

    @classmethod
    def read(cls, content: bytes) -> Self:
        """Read a flatbuffer.

        Raises
        ------
        GateError
            Where it has other than one subgraph or one signature.
        """
        model = schema.ModelT.InitFromPackedBuf(content, 0)
        if len(model.subgraphs) != 1 or len(model.signatureDefs or []) != 1:
            problem = f"{len(model.subgraphs)} subgraphs, {len(model.signatureDefs or [])} signatures"
            raise GateError("graph", problem, "One of each is expected: convert it from the SavedModel.")
        graph, signature = model.subgraphs[0], model.signatureDefs[0]
        return cls(
            tensors=tuple(_tensor(tensor) for tensor in graph.tensors),
            operators=tuple(_operator(operator, model.operatorCodes) for operator in graph.operators),
            inputs={tensor.name.decode(): int(tensor.tensorIndex) for tensor in signature.inputs},
            outputs={tensor.name.decode(): int(tensor.tensorIndex) for tensor in signature.outputs},
        )

    def describe(self) -> GraphMetrics:
        """Describe operators, tensors by type, types of the boundary, scales and zero points."""
        return GraphMetrics(
            operators=dict(Counter(operator.name for operator in self.operators)),
            tensors=dict(Counter(self._role(place) for place in range(len(self.tensors)))),
            inputs={name: self.tensors[place].type for name, place in self.inputs.items()},
            outputs={name: self.tensors[place].type for name, place in self.outputs.items()},
            quantization={tensor.name: _quantization(tensor) for tensor in self.tensors if tensor.scales},
        )

    def _role(self, place: int) -> str:
        """Return a tensor's type, and what an int32 one is for: none of them is counted as int8."""
        tensor = self.tensors[place]
        if tensor.type != "INT32":
            return tensor.type
        if place == self.inputs.get(CODES):
            return "INT32 category codes"
        return "INT32 biases" if place in self._biases() else "INT32 shapes"

    def _biases(self) -> set[int]:
        return {o.inputs[2] for o in self.operators if o.name == _WEIGHTED and len(o.inputs) > 2}

    def output_grids(self) -> dict[str, Grid]:
        """Return the values that each quantized output can take, by its name."""
        before = {o.outputs[0]: o.inputs[0] for o in self.operators if o.name == "DEQUANTIZE"}
        sources = {name: self.tensors[before.get(place, place)] for name, place in self.outputs.items()}
        return {name: Grid.of(tensor) for name, tensor in sources.items() if tensor.scales}

    def float_operators(self) -> list[str]:
        """List operators that read or write floating point, beyond the conversion of inputs and outputs."""
        declared = {*self.inputs.values(), *self.outputs.values()}
        return [o.name for o in self.operators if not self._converts(o, declared) and self._touches_float(o)]

    def _converts(self, operator: Operator, declared: set[int]) -> bool:
        """Tell whether it is no more than the boundary's own change of type."""
        outer = operator.inputs if operator.name == "QUANTIZE" else operator.outputs
        return operator.name in _BOUNDARY and declared.issuperset(outer)

    def _touches_float(self, operator: Operator) -> bool:
        places = [place for place in (*operator.inputs, *operator.outputs) if place >= 0]
        return any(self.tensors[place].is_float for place in places)

    def float_tensors(self) -> list[str]:
        """List floating-point tensors beyond inputs and outputs."""
        declared = {*self.inputs.values(), *self.outputs.values()}
        return [t.name for place, t in enumerate(self.tensors) if t.is_float and place not in declared]

    def strange_tensors(self) -> list[str]:
        """List tensors within that are neither int8 nor an int32 bias or shape."""
        declared = {*self.inputs.values(), *self.outputs.values()}
        whole = self._biases() | {o.inputs[1] for o in self.operators if o.name == "RESHAPE"}
        return [
            f"{tensor.name} {tensor.type}"
            for place, tensor in enumerate(self.tensors)
            if place not in declared
            and tensor.type != "INT8"
            and not (tensor.type == "INT32" and place in whole)
        ]

    def strange_operators(self) -> list[str]:
        """List operators that the network is not made of: nothing is known of their weights."""
        return sorted({o.name for o in self.operators} - _KNOWN)

    def coarse_weights(self) -> list[str]:
        """List weights of several channels that have one scale for all."""
        weights = [self.tensors[o.inputs[1]] for o in self.operators if o.name == _WEIGHTED]
        return [t.name for t in weights if len(t.scales) != t.shape[0]]


def check_integer(graph: Graph, io: str) -> None:
    """Refuse a graph that does not compute in integers alone; codes are int32 indices.

    Parameters
    ----------
    graph
        Of the int8 variant.
    io
        Type that was asked for its numbers and outputs.

    Raises
    ------
    GateError
        Names what is in float, of another type, or has one scale for all channels.
    """
    remedy = "Give representative rows for every input, and operators that have an int8 kernel."
    if mixed := [*graph.float_operators(), *graph.float_tensors()]:
        raise GateError("int8", f"{', '.join(mixed[:3])} in float: the graph is int8 in part", remedy)
    if strange := [*graph.strange_operators(), *graph.strange_tensors()]:
        raise GateError("int8", f"{', '.join(strange[:3])}: not what an int8 graph is made of", remedy)
    types = {name: graph.tensors[place].type for name, place in (graph.inputs | graph.outputs).items()}
    wanted = {name: "INT32" if name == CODES else io.upper() for name in types}
    if wrong := [
        f"{name} {types[name]}, not {wanted[name]}" for name in types if types[name] != wanted[name]
    ]:
        raise GateError("int8", "; ".join(wrong), "Convert with the types of quantize.io.")
    if coarse := graph.coarse_weights():
        raise GateError("int8", f"{', '.join(coarse[:3])}: one scale for all channels", remedy)


def _tensor(stored: Any) -> Tensor:
    quantization = stored.quantization
    quantized = quantization is not None and quantization.scale is not None
    return Tensor(
        name=stored.name.decode(),
        type=_name_of(schema.TensorType, stored.type),
        shape=tuple(int(size) for size in np.atleast_1d([] if stored.shape is None else stored.shape)),
        scales=tuple(float(scale) for scale in quantization.scale) if quantized else (),
        zero_points=tuple(int(point) for point in quantization.zeroPoint) if quantized else (),
    )


def _operator(stored: Any, codes: list[Any]) -> Operator:
    code = codes[stored.opcodeIndex]
    name = _name_of(schema.BuiltinOperator, max(code.builtinCode, code.deprecatedBuiltinCode))
    return Operator(name, tuple(int(i) for i in stored.inputs), tuple(int(i) for i in stored.outputs))


def _name_of(enumeration: Any, value: int) -> str:
    return next(name for name, number in vars(enumeration).items() if number == value)


def _quantization(tensor: Tensor) -> TensorScale | ChannelScales:
    """Return scale and zero point; of many channels each scale, and the zero points that there are."""
    if len(tensor.scales) == 1:
        return TensorScale(scale=rounded(tensor.scales[0], _DIGITS), zero_point=tensor.zero_points[0])
    return ChannelScales(
        scales=[float(f"{scale:.{_DIGITS}g}") for scale in tensor.scales],
        zero_points=sorted(set(tensor.zero_points)),
    )
