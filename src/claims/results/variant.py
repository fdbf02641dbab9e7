"""``metrics/variants/NAME.json``: one variant, by its own rules, and what its graph is made of."""

from typing import Self

from claims.base.strict import Strict
from claims.results.decisions import DecisionMetrics
from claims.results.scores import AnomalyMetrics, ScoreMetrics


class TensorScale(Strict):
    """How a tensor with one scale is quantized."""

    scale: float
    zero_point: int


class ChannelScales(Strict):
    """How a tensor with a scale a channel is quantized, and the zero points that there are."""

    scales: list[float]
    zero_points: list[int]


class GraphMetrics(Strict):
    """What the flatbuffer says of itself.

    Attributes
    ----------
    operators, tensors
        How many there are, by name and by type.
    inputs, outputs
        Types at the boundary, by name.
    quantization
        Of the quantized tensors, by name.
    """

    operators: dict[str, int]
    tensors: dict[str, int]
    inputs: dict[str, str]
    outputs: dict[str, str]
    quantization: dict[str, TensorScale | ChannelScales]


class VariantAnomaly(Strict):
    """The anomaly head of a variant."""

    calibration: AnomalyMetrics
    test: AnomalyMetrics


class VariantScores(Strict):
    """How a variant scores and decides; ``anomaly`` is None where it has no anomaly head."""

    calibration: ScoreMetrics
    test: ScoreMetrics
    decisions: DecisionMetrics
    distinct_scores: int
    anomaly: VariantAnomaly | None = None


class VariantMetrics(VariantScores):
    """The whole file."""

    size_bytes: int
    graph: GraphMetrics

    @classmethod
    def of(cls, scores: VariantScores, size: int, graph: GraphMetrics) -> Self:
        """Put the bytes of the flatbuffer and its graph beside a variant's scores."""
        return cls(**dict(scores), size_bytes=size, graph=graph)
