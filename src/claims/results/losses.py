"""What a variant loses against float32, and whether it may: the words of the gate, without its computing."""

from collections.abc import Iterator

from claims.base.strict import Strict
from claims.results.files import Figure


class BoundedLoss(Strict):
    """A loss as it was measured, and how large it may be.

    Attributes
    ----------
    upper
        What the true loss exceeds with a small chance at most.
    limit
        What it may be at most.
    needs
        Claims that it takes to prove the limit, where nothing was lost and these are too few.
    held_back
        Whether it would pass if another loss did, judged together with it.
    """

    value: Figure
    upper: Figure
    limit: Figure
    passes: bool
    needs: int | None = None
    held_back: bool = False

    def describe(self) -> str:
        """Say in words how large it is, and how large it may be."""
        needed = f", which takes {self.needs:,} claims to prove" if self.needs else ""
        return f"{self.value:.4f} (bound {self.upper:.4f}, limit {self.limit:g}{needed})"


class Losses(Strict):
    """Losses on some claims; None where the claims cannot tell.

    Attributes
    ----------
    average_precision, recall, calibration_error
        Of approval; recall is of rejected claims among those that people can review.
    flips, swaps
        Shares of decisions that differ, and that turned into their opposite.
    anomaly_average_precision
        Of the anomaly head.
    """

    average_precision: BoundedLoss | None = None
    recall: BoundedLoss | None = None
    calibration_error: BoundedLoss | None = None
    flips: BoundedLoss
    swaps: BoundedLoss
    anomaly_average_precision: BoundedLoss | None = None

    def losses(self) -> Iterator[tuple[str, BoundedLoss]]:
        """Yield the losses that there are, each with its name."""
        for name in Losses.model_fields:
            loss: BoundedLoss | None = getattr(self, name)
            if loss is not None:
                yield name, loss

    def refusals(self, place: str) -> list[str]:
        """Say for each limit that does not hold why; what another loss held back needs no reason of its own.

        Parameters
        ----------
        place
            Where the losses were measured, such as ``overall`` or ``payer_id P01``.
        """
        return [
            f"{place}: {name.replace('_', ' ')} {loss.describe()}"
            for name, loss in self.losses()
            if not loss.passes and not loss.held_back
        ]


class SliceLosses(Losses):
    """Losses on the claims of one value of a slice."""

    rows: int
