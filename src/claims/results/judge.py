"""``metrics/judge.json``: the verdict on every variant, and which of them ships."""

from typing import Self

from claims.base.strict import Strict
from claims.results.decisions import OutcomeCounts
from claims.results.losses import Losses, SliceLosses
from claims.results.variant import VariantMetrics, VariantScores


class Verdict(Strict):
    """What the gate says of a variant, on calibration claims.

    Attributes
    ----------
    overall, slices
        Losses on all claims, and by slice and value.
    refusals
        A sentence for each limit that does not hold; none: it passes.
    too_small
        Claims of the values that have too few, by slice.
    too_small_to_rank
        Outcomes of the values that have too few of one, by slice: of their ranking nothing is said.
    """

    overall: Losses
    slices: dict[str, dict[str, SliceLosses]]
    refusals: list[str]
    too_small: dict[str, dict[str, int]]
    too_small_to_rank: dict[str, dict[str, OutcomeCounts]]

    @property
    def passes(self) -> bool:
        """Whether the variant may ship."""
        return not self.refusals


class JudgedVariant(VariantScores):
    """A variant's metrics, and the gate's verdict on it."""

    size_bytes: int
    gate: Verdict

    @classmethod
    def of(cls, metrics: VariantMetrics, gate: Verdict) -> Self:
        """Put the verdict beside a variant's metrics, in place of its graph."""
        return cls(**{name: part for name, part in metrics if name != "graph"}, gate=gate)


class JudgeMetrics(Strict):
    """Every variant, and the winner's losses on test, which confirm it."""

    winner: str
    variants: dict[str, JudgedVariant]
    test: Losses

    @property
    def shipped(self) -> JudgedVariant:
        """The variant that ships."""
        return self.variants[self.winner]
