"""What all kinds of derived features share: what they read, and what they give.

A kind is a declaration in `claims.contract.features` or `claims.contract.line_features`, and a module of
`claims.features.kinds` that learns and computes it.
"""

from typing import ClassVar, Literal

from pydantic import Field, field_validator

from claims.base.strict import Strict

Gives = Literal["number", "category", "list", "flags"]
NUMBERS = ("number", "money")


class Feature(Strict):
    """What all kinds share.

    Attributes
    ----------
    hidden
        Only a step towards other features; not an input of the model.
    accepts
        Types that what it reads may have; an earlier feature counts as what it gives.
    needs_lines, needs_event_time
        Whether a claim has to bring its service lines, or the day of its event.
    needs_known_at
        Whether it learns from outcomes of earlier claims, and so has to know when each became known.
    """

    accepts: ClassVar[tuple[str, ...]] = ()
    needs_lines: ClassVar[bool] = False
    needs_event_time: ClassVar[bool] = False
    needs_known_at: ClassVar[bool] = False

    hidden: bool = False

    def gives(self, source: str) -> Gives:  # noqa: ARG002
        """Say what it gives where the first thing that it reads is of this type."""
        return "number"

    def legal_types(self, source: str) -> tuple[str, ...]:  # noqa: ARG002
        """Return the types that this column or feature may have."""
        return self.accepts

    def legal_line_types(self, source: str) -> tuple[str, ...]:  # noqa: ARG002
        """Return the types that this column of the service lines may have."""
        return ()

    @property
    def title(self) -> str:
        """What messages call it."""
        return getattr(self, "kind", type(self).__name__)

    @property
    def reads(self) -> tuple[str, ...]:
        """Columns of the claim, or earlier features, that the feature is made of."""
        raise TypeError(f"{type(self).__name__} does not say what it reads")

    @property
    def reads_lines(self) -> tuple[str, ...]:
        """Columns of the service lines that the feature is made of."""
        return ()


class One(Feature):
    """Made of one column or feature."""

    of: str

    @property
    def reads(self) -> tuple[str, ...]:  # noqa: D102
        return (self.of,)


class Several(Feature):
    """Made of several columns or features."""

    of: tuple[str, ...] = Field(min_length=1)

    @field_validator("of", mode="before")
    @classmethod
    def _as_list(cls, value: object) -> object:
        """Let ``of: facility_id`` stand for a list of one."""
        return [value] if isinstance(value, str) else value

    @property
    def reads(self) -> tuple[str, ...]:  # noqa: D102
        return self.of
