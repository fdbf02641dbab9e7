"""How large a loss may be at most: upper bounds for one loss, and for many that all have to hold.

A loss is small only if its upper 95 % bound is: a point estimate on few claims proves nothing.

Sources: Clopper and Pearson (1934), doi:10.1093/biomet/26.4.404; Holm (1979), doi:10.2307/4615733.
"""

import math
from collections.abc import Hashable
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeVar

from scipy import stats

from claims.results.losses import BoundedLoss

ALPHA = 0.05
Key = TypeVar("Key", bound=Hashable)


class Loss(Protocol):
    """A loss that was measured on some claims, and its limit."""

    @property
    def limit(self) -> float:
        """What the true loss may be at most."""

    @property
    def value(self) -> float:
        """As it was measured."""

    @property
    def chance(self) -> float:
        """Of measuring so little if the true loss were at the limit."""

    def upper(self, level: float) -> float:
        """What the true loss exceeds with this chance at most."""

    def needs(self, level: float) -> int | None:
        """Claims that it takes to prove the limit, where nothing was lost and these are too few."""


@dataclass(frozen=True)
class Share:
    """A share of decisions: the exact bound of Clopper and Pearson, by which 0 of 200 may still be 1.5 %."""

    hits: int
    size: int
    limit: float

    @property
    def value(self) -> float:
        """The share that was counted."""
        return self.hits / self.size

    @property
    def chance(self) -> float:
        """See `Loss`."""
        return float(stats.binom.cdf(self.hits, self.size, self.limit))

    def upper(self, level: float) -> float:
        """See `Loss`."""
        if self.hits == self.size:
            return 1.0
        return float(stats.beta.ppf(1 - level, self.hits + 1, self.size - self.hits))

    def needs(self, level: float) -> int | None:
        """See `Loss`."""
        if self.hits or not self.limit:
            return None
        return math.ceil(math.log(level) / math.log1p(-self.limit))


@dataclass(frozen=True)
class Resampled:
    """A difference of metrics with its bootstrap's standard error.

    The bound is normal: quantiles of so few resamples cannot tell the small levels of Holm's procedure.
    """

    value: float
    error: float
    limit: float

    @property
    def chance(self) -> float:
        """See `Loss`; certain where no resample differs."""
        if not self.error > 0:
            return float(not self.value <= self.limit)
        return float(stats.norm.sf((self.limit - self.value) / self.error))

    def upper(self, level: float) -> float:
        """See `Loss`."""
        return self.value + float(stats.norm.ppf(1 - level)) * self.error

    def needs(self, level: float) -> int | None:  # noqa: ARG002 - of the protocol
        """Not told from a standard error."""
        return None


class Bound(NamedTuple):
    """The level at which a loss is bounded, among many or by itself, and whether it passes there."""

    level: float
    passes: bool


def bound_loss(loss: Loss, level: float = ALPHA) -> Bound:
    """Bound a loss by itself."""
    return Bound(level, loss.chance <= level)


def holm(losses: dict[Key, Loss]) -> dict[Key, Bound]:
    """Bound losses that all have to stay under their limits, by Holm's step-down procedure.

    The chance that any loss passes which is at its limit or beyond stays under 5 %. After the first that
    fails none passes.
    """
    bounds: dict[Key, Bound] = {}
    failed = False
    for place, key in enumerate(sorted(losses, key=lambda key: losses[key].chance)):
        bound = bound_loss(losses[key], ALPHA / (len(losses) - place))
        failed = failed or not bound.passes
        bounds[key] = Bound(bound.level, not failed)
    return bounds


def state(loss: Loss, bound: Bound) -> BoundedLoss:
    """Return the loss as a metrics file states it, with its upper bound at the level of `bound`."""
    held_back = not bound.passes and loss.chance <= bound.level
    return BoundedLoss(
        value=loss.value,
        upper=loss.upper(bound.level),
        limit=loss.limit,
        passes=bound.passes,
        needs=None if bound.passes or held_back else loss.needs(bound.level),
        held_back=held_back,
    )
