"""How large a loss may be at most: upper bounds for one loss, and for many that all have to hold.

A loss is small only if its upper 95 % bound is: a point estimate on few claims proves nothing.

Sources: Clopper and Pearson (1934), doi:10.1093/biomet/26.4.404; Holm (1979), doi:10.2307/4615733.
"""

import math
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeVar

from scipy import stats

ALPHA = 0.05
_DIGITS = 6
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


class Level(NamedTuple):
    """The level at which a loss is judged among many, and whether it passes there."""

    level: float
    passes: bool


def judge_one(loss: Loss, level: float = ALPHA) -> Level:
    """A loss by itself."""
    return Level(level, loss.chance <= level)


def holm(losses: dict[Key, Loss]) -> dict[Key, Level]:
    """Losses that all have to stay under their limits, by Holm's step-down procedure.

    The chance that any loss passes which is at its limit or beyond stays under 5 %. After the first that
    fails none passes.
    """
    levels: dict[Key, Level] = {}
    failed = False
    for place, key in enumerate(sorted(losses, key=lambda key: losses[key].chance)):
        found = judge_one(losses[key], ALPHA / (len(losses) - place))
        failed = failed or not found.passes
        levels[key] = Level(found.level, not failed)
    return levels


def state(loss: Loss, judged: Level) -> dict[str, Any]:
    """As the metrics file states it.

    Returns
    -------
    ``value``, ``upper`` at the level at which it was judged, ``limit``, ``passes``; ``needs`` where nothing
    was lost on too few claims; ``held_back`` where it would pass if another one did.
    """
    upper = loss.upper(judged.level)
    numbers = {"value": loss.value, "upper": upper, "limit": loss.limit}
    found: dict[str, Any] = {name: round(number, _DIGITS) for name, number in numbers.items()}
    found["passes"] = judged.passes
    if judged.passes:
        return found
    if loss.chance <= judged.level:
        return found | {"held_back": True}
    needed = loss.needs(judged.level)
    return found | ({"needs": needed} if needed else {})
