"""The derived features that a contract can declare: each kind says what it reads and what it yields."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from claims.contract.columns import Texts
from claims.strict import Strict

Gives = Literal["number", "category", "list", "flags"]
_NUMBERS = ("number", "money")


class Feature(Strict):
    """What all kinds share.

    Attributes
    ----------
    hidden
        Only a step towards other features; not an input of the model.
    accepts
        Types that what it reads may have; an earlier feature counts as ``number`` or ``category``.
    """

    accepts: ClassVar[tuple[str, ...]] = ()

    hidden: bool = False

    def gives(self, source: str) -> Gives:  # noqa: ARG002
        """What comes out, for a source of this type."""
        return "number"

    @property
    def reads(self) -> tuple[str, ...]:
        """Columns of the claim, or earlier features, that the feature is made of."""
        raise TypeError(f"{type(self).__name__} does not say what it reads")

    @property
    def reads_lines(self) -> tuple[str, ...]:
        """Columns of the service lines that the feature is made of."""
        return ()


class _One(Feature):
    of: str

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.of,)


class _Several(Feature):
    of: tuple[str, ...] = Field(min_length=1)

    @field_validator("of", mode="before")
    @classmethod
    def _as_list(cls, value: object) -> object:
        """Let ``of: facility_id`` stand for a list of one."""
        return [value] if isinstance(value, str) else value

    @property
    def reads(self) -> tuple[str, ...]:
        return self.of


class ColumnFeature(_One):
    """The column as it stands."""

    accepts = ("category", *_NUMBERS)

    kind: Literal["column"]

    def gives(self, source: str) -> Gives:  # noqa: D102
        return "number" if source in _NUMBERS else "category"


class DaysBetween(Feature):
    """Days from one date to another; negative where the second comes first."""

    accepts = ("date",)

    kind: Literal["days_between"]
    start: str
    end: str

    @property
    def reads(self) -> tuple[str, ...]:  # noqa: D102
        return (self.start, self.end)


class Calendar(_One):
    """A part of a date. ``day`` counts days since 1970-01-01; month, quarter and weekday are categories."""

    accepts = ("date",)

    kind: Literal["calendar"]
    part: Literal["year", "day", "month", "quarter", "weekday"]

    def gives(self, source: str) -> Gives:  # noqa: D102, ARG002
        return "number" if self.part in ("year", "day") else "category"


class Age(_One):
    """Completed years from the date ``of`` to the date ``at``."""

    accepts = ("date",)

    kind: Literal["age"]
    at: str

    @property
    def reads(self) -> tuple[str, ...]:  # noqa: D102
        return (self.of, self.at)


class Log(_One):
    """log(1 + x), money in cents; negative values count as zero."""

    accepts = _NUMBERS

    kind: Literal["log"]


class Ratio(_One):
    """One number over another; missing where the other is zero."""

    accepts = _NUMBERS

    kind: Literal["ratio"]
    over: str

    @property
    def reads(self) -> tuple[str, ...]:  # noqa: D102
        return (self.of, self.over)


class Prefix(_One):
    """The first characters of a code."""

    accepts = ("category",)

    kind: Literal["prefix"]
    length: int = Field(ge=1)

    def gives(self, source: str) -> Gives:  # noqa: D102, ARG002
        return "category"


class ItemCount(_One):
    """How many items a list holds."""

    accepts = ("list",)

    kind: Literal["item_count"]


class FirstItem(_One):
    """The first item of a list."""

    accepts = ("list",)

    kind: Literal["first_item"]

    def gives(self, source: str) -> Gives:  # noqa: D102, ARG002
        return "category"


class Items(_One):
    """Presence (0 or 1) of each of the most frequent items of a list."""

    accepts = ("list",)

    kind: Literal["items"]
    top: int = Field(ge=1, le=1000)

    def gives(self, source: str) -> Gives:  # noqa: D102, ARG002
        return "flags"


class Lines(Feature):
    """An aggregate over a claim's service lines.

    ``share`` is the share of lines whose ``of`` is among ``values``; ``first`` the value on the first line;
    ``set`` the distinct values as a list in alphabetical order.
    """

    kind: Literal["lines"]
    of: str = ""
    how: Literal["count", "sum", "mean", "max", "distinct", "share", "first", "set"]
    values: Texts = ()

    @property
    def reads(self) -> tuple[str, ...]:  # noqa: D102
        return ()

    @property
    def reads_lines(self) -> tuple[str, ...]:  # noqa: D102
        return (self.of,) if self.of else ()

    def gives(self, source: str) -> Gives:  # noqa: D102, ARG002
        return {"first": "category", "set": "list"}.get(self.how, "number")  # type: ignore[return-value]

    @property
    def accepts_lines(self) -> tuple[str, ...]:
        """Types that the column of the lines may have."""
        return ("category",) if self.how in ("distinct", "share", "first", "set") else _NUMBERS

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if (self.how == "count") == bool(self.of):
            raise ValueError("how: count takes no 'of', every other 'how' needs one")
        if (self.how == "share") != bool(self.values):
            raise ValueError("values go with how: share, and only there")
        return self


class Cross(_Several):
    """The combination of categories as one category."""

    accepts = ("category", "list")

    kind: Literal["cross"]

    def gives(self, source: str) -> Gives:  # noqa: D102, ARG002
        return "category"


class Target(_Several):
    """Mean outcome of a category (or a cross) on training rows, out of fold there, shrunk to the mean.

    ``smoothing`` is the number of rows at which the category's own mean weighs half. The outcome is taken
    minus the mean of its calendar quarter, so that a drifting approval rate does not leak the date.
    Source: Micci-Barreca (2001), doi:10.1145/507533.507538.
    """

    accepts = ("category", "list")

    kind: Literal["target"]
    smoothing: float = Field(default=25.0, gt=0)
    folds: int = Field(default=5, ge=2)


class Prior(_Several):
    """What training claims tell of the same value over the ``months`` before the claim's own month.

    They are counted by month into a table that stops at the last month that they fill, its as-of month, and
    travels with the model: a later claim reads the table as it stood then.
    """

    accepts = ("category", "list", "identifier")

    months: int = Field(default=12, ge=1)


class PriorCount(Prior):
    """Claims a month of the same value."""

    kind: Literal["prior_count"]


class PriorRate(Prior):
    """Approval rate of the same value minus that of all claims, shrunk to zero; zero where nothing was known.

    Outcomes count in the month in which they became known. ``smoothing`` is the number of outcomes at which
    the value's own rate weighs half. Taking the overall rate of the same months off it keeps a drifting
    approval rate from telling the date. Source of the shrinkage: Micci-Barreca (2001),
    doi:10.1145/507533.507538.
    """

    kind: Literal["prior_rate"]
    smoothing: float = Field(default=25.0, gt=0)


AnyFeature = Annotated[
    ColumnFeature
    | DaysBetween
    | Calendar
    | Age
    | Log
    | Ratio
    | Prefix
    | ItemCount
    | FirstItem
    | Items
    | Lines
    | Cross
    | Target
    | PriorCount
    | PriorRate,
    Field(discriminator="kind"),
]
