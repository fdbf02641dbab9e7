"""The derived features that a contract can declare: each kind says what it reads and what it yields."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from claims.contract.feature import NUMBERS, Feature, Gives, One, Several
from claims.contract.line_features import Lines, LineShare, LineTail, LineTarget


class ColumnFeature(One):
    """The column as it stands."""

    accepts = ("category", *NUMBERS)

    kind: Literal["column"]

    def gives(self, source: str) -> Gives:  # noqa: D102
        return "number" if source in NUMBERS else "category"


class DaysBetween(Feature):
    """Days from one date to another; negative where the second comes first."""

    accepts = ("date",)

    kind: Literal["days_between"]
    start: str
    end: str

    @property
    def reads(self) -> tuple[str, ...]:  # noqa: D102
        return (self.start, self.end)


class Calendar(One):
    """A part of a date. ``day`` counts days since 1970-01-01; month, quarter and weekday are categories."""

    accepts = ("date",)

    kind: Literal["calendar"]
    part: Literal["year", "day", "month", "quarter", "weekday"]

    def gives(self, source: str) -> Gives:  # noqa: D102, ARG002
        return "number" if self.part in ("year", "day") else "category"


class Age(One):
    """Completed years from the date ``of`` to the date ``at``."""

    accepts = ("date",)

    kind: Literal["age"]
    at: str

    @property
    def reads(self) -> tuple[str, ...]:  # noqa: D102
        return (self.of, self.at)


class Log(One):
    """log(1 + x), money in cents; negative values count as zero."""

    accepts = NUMBERS

    kind: Literal["log"]


class Ratio(One):
    """One number over another; missing where the other is zero."""

    accepts = NUMBERS

    kind: Literal["ratio"]
    over: str

    @property
    def reads(self) -> tuple[str, ...]:  # noqa: D102
        return (self.of, self.over)


class Prefix(One):
    """The first characters of a code."""

    accepts = ("category",)

    kind: Literal["prefix"]
    length: int = Field(ge=1)

    def gives(self, source: str) -> Gives:  # noqa: D102, ARG002
        return "category"


class Band(One):
    """The band of a number between ``edges``; an edge belongs to the band above it. Money is in cents."""

    accepts = NUMBERS

    kind: Literal["band"]
    edges: tuple[float, ...] = Field(min_length=1)

    def gives(self, source: str) -> Gives:  # noqa: D102, ARG002
        return "category"

    @field_validator("edges")
    @classmethod
    def _ascend(cls, edges: tuple[float, ...]) -> tuple[float, ...]:
        if list(edges) != sorted(set(edges)):
            raise ValueError("edges must ascend")
        return edges


class ItemCount(One):
    """How many items a list holds."""

    accepts = ("list",)

    kind: Literal["item_count"]


class FirstItem(One):
    """The first item of a list."""

    accepts = ("list",)

    kind: Literal["first_item"]

    def gives(self, source: str) -> Gives:  # noqa: D102, ARG002
        return "category"


class Items(One):
    """Presence (0 or 1) of each of the most frequent items of a list."""

    accepts = ("list",)

    kind: Literal["items"]
    top: int = Field(ge=1, le=1000)

    def gives(self, source: str) -> Gives:  # noqa: D102, ARG002
        return "flags"


class Cross(Several):
    """The combination of categories as one category."""

    accepts = ("category", "list")

    kind: Literal["cross"]

    def gives(self, source: str) -> Gives:  # noqa: D102, ARG002
        return "category"


class Target(Several):
    """Mean outcome of a category (or a cross) on training rows, out of fold there, shrunk to the mean.

    ``smoothing`` is the number of rows at which the category's own mean weighs half. The outcome is taken
    minus the mean of its calendar quarter, so that a drifting approval rate does not leak the date.
    Source: Micci-Barreca (2001), doi:10.1145/507533.507538.
    """

    accepts = ("category", "list")

    kind: Literal["target"]
    smoothing: float = Field(default=25.0, gt=0)
    folds: int = Field(default=5, ge=2)


class Prior(Several):
    """What training claims tell of the same value over the ``months`` before the claim's own month.

    They are counted by month into a table that stops at the last month that they fill, its as-of month, and
    travels with the model: a later claim reads the table as it stood then.
    """

    accepts = ("category", "list", "identifier")
    needs_event_time = True

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

    needs_known_at = True

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
    | Band
    | ItemCount
    | FirstItem
    | Items
    | Lines
    | LineTarget
    | LineShare
    | LineTail
    | Cross
    | Target
    | PriorCount
    | PriorRate,
    Field(discriminator="kind"),
]
