"""0/1 flags as they are."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from claims.features.encoders.encoder import FeatureEncoder, Resolution
from claims.features.rows import Flags


class Presence(FeatureEncoder):
    """0/1 flags pass as they are."""

    kind: Literal["presence"] = "presence"
    names: tuple[str, ...]

    def number_names(self, feature: str) -> list[str]:  # noqa: D102
        return [f"{feature}={name}" for name in self.names]

    def numbers(self, values: Flags) -> Iterable[NDArray[np.floating]]:
        """Return the flags, item by item."""
        return values.marks.T


@dataclass(frozen=True)
class FlagNames:
    """The items that flags are of; no row adds to them."""

    names: tuple[str, ...]

    @classmethod
    def of(cls, values: Flags) -> "FlagNames":
        """Name the items of n rows of flags."""
        return cls(values.names)

    def merge(self, other: "FlagNames") -> "FlagNames":
        """Keep the names, which all parts share."""
        if self != other:
            raise ValueError(f"flags of {other.names} are not those of {self.names}")
        return self

    def finish(self, resolution: Resolution, if_missing: str) -> Presence:  # noqa: ARG002
        """Let the flags pass."""
        return Presence(names=self.names)
