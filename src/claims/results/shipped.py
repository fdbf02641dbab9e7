"""``metrics/shipped.json``: the few figures of the variant that ships, for `dvc exp show`."""

from typing import Self

from claims.base.strict import Strict
from claims.results.files import Figure
from claims.results.judge import JudgedVariant


class ShippedVariant(Strict):
    """How it does on test.

    Attributes
    ----------
    flips
        Share of the calibration claims on which it decides unlike float32.
    bytes
        Of the packed file.
    """

    roc_auc: Figure | None
    flips: Figure
    cost_per_claim: Figure
    bytes: int


class ShippedMetrics(Strict):
    """The variant that ships; below a key of its own, which tells its columns from the candidate's."""

    shipped: ShippedVariant

    @classmethod
    def of(cls, variant: JudgedVariant, size: int) -> Self:
        """Pick the figures of a variant, beside the bytes of the packed file."""
        return cls(
            shipped=ShippedVariant(
                roc_auc=variant.test.roc_auc,
                flips=variant.gate.overall.flips.value,
                cost_per_claim=variant.decisions.cost_per_claim,
                bytes=size,
            )
        )
