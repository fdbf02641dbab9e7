"""What a contract says of one column: its type, when it is known, who may see it, how it is mended."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from claims.base.strict import Strict

ColumnType = Literal["identifier", "category", "number", "money", "date", "list"]
Known = Literal["submission", "outcome", "offline"]

_DAYS_SINCE = re.compile(r"days since (\d{4}-\d{2}-\d{2})")
_UNITS: dict[str, tuple[str, ...]] = {"money": ("dollars", "cents"), "date": ("iso", "days since YYYY-MM-DD")}


def _as_texts(value: object) -> object:
    """Let ``legal: [11, 22]`` be written without quotes."""
    return [str(item) for item in value] if isinstance(value, list) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_as_texts)]


class Corrections(Strict):
    """How a value is mended, in this order, the same in training and in scoring.

    In a list, every item is mended by itself.
    """

    trim: bool = False
    case: Literal["upper", "lower"] | None = None
    remove: str = ""
    alias: dict[str, str] = Field(default_factory=dict)
    clip: tuple[float | None, float | None] | None = None


class Column(Strict):
    """One column of the claims table or of the service lines.

    Attributes
    ----------
    known
        ``submission``: when the claim arrives. ``outcome``: only with its decision, so never a feature.
        ``offline``: joined later for analysis and absent when a claim arrives, so never a feature either.
    privacy
        ``direct`` identifies a person and is dropped or hashed at extraction; ``quasi`` may identify in
        combination and is kept; ``none`` is harmless.
    protected
        Errors are compared between its groups (of a date: bands of age); a feature only where the contract
        lists it under ``protected_features``.
    optional
        A claim may lack the field altogether; it then counts as missing.
    missing
        Texts that mean "no value"; an empty text always does.
    legal, range
        What may stand there after corrections. Money in dollars, dates as ISO texts.
    unit
        Money: ``dollars`` (default) or ``cents``. Dates: ``iso`` (default) or ``days since YYYY-MM-DD``.
    """

    type: ColumnType
    known: Known = "submission"
    privacy: Literal["none", "quasi", "direct"] = "none"
    protect: Literal["drop", "hash"] | None = None
    protected: bool = False
    optional: bool = False
    required: bool = False
    missing: Texts = ()
    legal: Texts | None = None
    range: tuple[float | dt.date | None, float | dt.date | None] | None = None
    unit: str = ""
    separator: str = Field(default=";", min_length=1)
    correct: Corrections = Corrections()
    if_missing: Literal["median", "mean", "most_frequent"] = "median"

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if (self.privacy == "direct" or self.type == "identifier") and self.protect is None:
            raise ValueError("a direct identifier needs protect: drop or protect: hash")
        if self.protect == "hash" and self.type != "identifier":
            raise ValueError("only columns of type identifier can be hashed")
        if self.unit and not self._legal_unit():
            units = " or ".join(_UNITS.get(self.type, ("none",)))
            raise ValueError(f"unit is {self.unit!r}; legal for type {self.type}: {units}")
        if self.legal is not None and self.type not in ("category", "list"):
            raise ValueError(f"legal lists categories; a column of type {self.type} takes range")
        if self.range is not None and self.type not in ("number", "money", "date"):
            raise ValueError(f"range bounds numbers; a column of type {self.type} takes legal")
        if self.range is not None and self.bounds[0] > self.bounds[1]:
            raise ValueError("range ends before it starts")
        return self

    def _legal_unit(self) -> bool:
        if self.type == "date":
            return self.unit == "iso" or self._counts_days()
        return self.unit in _UNITS.get(self.type, ())

    def _counts_days(self) -> bool:
        try:
            return self.epoch is not None
        except ValueError:  # a day that no calendar has
            return False

    @property
    def is_numeric(self) -> bool:
        """Whether values are numbers (counts, cents or days) rather than texts."""
        return self.type in ("number", "money", "date")

    @property
    def epoch(self) -> dt.date | None:
        """Day zero of a date stored as a number of days; None where dates are ISO texts."""
        match = _DAYS_SINCE.fullmatch(self.unit)
        return dt.date.fromisoformat(match.group(1)) if match else None

    @property
    def bounds(self) -> tuple[float, float]:
        """Legal range in stored units: cents, days since 1970-01-01, or the number itself."""
        low, high = self.range or (None, None)
        return (-float("inf") if low is None else self._stored(low)), (
            float("inf") if high is None else self._stored(high)
        )

    def _stored(self, bound: float | dt.date) -> float:
        if isinstance(bound, dt.date):
            return float((bound - dt.date(1970, 1, 1)).days)
        return float(round(bound * 100)) if self.type == "money" else float(bound)  # whole cents


def optional(columns: Mapping[str, Column]) -> list[str]:
    """Name the columns that a source or a claim may lack."""
    return [name for name, column in columns.items() if column.optional]
