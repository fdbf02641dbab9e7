"""The derived features that read service lines."""

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from claims.base.strict import Strict
from claims.contract.columns import Texts
from claims.contract.feature import NUMBERS, Feature, Gives


class Lines(Feature):
    """An aggregate over a claim's service lines.

    ``share`` is the share of lines whose ``of`` is among ``values``; ``first`` the value on the first line;
    ``set`` the distinct values as a list in alphabetical order.
    """

    needs_lines = True

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

    def legal_line_types(self, source: str) -> tuple[str, ...]:  # noqa: D102, ARG002
        return ("category",) if self.how in ("distinct", "share", "first", "set") else NUMBERS

    @property
    def title(self) -> str:  # noqa: D102
        return f"how: {self.how}"

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if (self.how == "count") == bool(self.of):
            raise ValueError("how: count takes no 'of', every other 'how' needs one")
        if (self.how == "share") != bool(self.values):
            raise ValueError("values go with how: share, and only there")
        return self


class Pointed(Strict):
    """The item of one of the claim's lists that a line points to.

    Attributes
    ----------
    of
        A list of the claim.
    by
        The line's number of the item, from 1.
    length
        Characters of the item that are read; all where none is given.
    """

    of: str
    by: str
    length: int | None = Field(default=None, ge=1)


class LineFeature(Feature):
    """What the least usual or the worst of a claim's lines tells.

    Attributes
    ----------
    of
        Columns of the lines.
    beside
        Categories of the claim that are read with them.
    pointed
        An item of the claim that the line points to, read beside them.
    """

    accepts = ("category", "list")
    needs_lines = True

    of: tuple[str, ...] = Field(min_length=1)
    beside: tuple[str, ...] = ()
    pointed: Pointed | None = None

    @field_validator("of", "beside", mode="before")
    @classmethod
    def _as_list(cls, value: object) -> object:
        """Let ``of: procedure_code`` stand for a list of one."""
        return [value] if isinstance(value, str) else value

    @property
    def reads(self) -> tuple[str, ...]:  # noqa: D102
        return (*self.beside, *((self.pointed.of,) if self.pointed else ()))

    @property
    def line_numbers(self) -> tuple[str, ...]:
        """Columns of the lines that are read as numbers."""
        return (self.pointed.by,) if self.pointed else ()

    @property
    def reads_lines(self) -> tuple[str, ...]:  # noqa: D102
        return (*self.of, *self.line_numbers)

    def legal_types(self, source: str) -> tuple[str, ...]:  # noqa: D102
        return ("list",) if self.pointed and source == self.pointed.of else self.accepts

    def legal_line_types(self, source: str) -> tuple[str, ...]:  # noqa: D102
        return NUMBERS if source in self.line_numbers else ("category", *NUMBERS)


class LineTarget(LineFeature):
    """The lowest mean outcome of what stands on a line, as `Target` takes it; claims count once for each.

    With ``pairs`` it is what stands on two lines of the claim together.
    """

    kind: Literal["line_target"]
    pairs: bool = False
    smoothing: float = Field(default=25.0, gt=0)
    folds: int = Field(default=5, ge=2)


class LineShare(LineFeature):
    """How unusual what a line points to is for its ``of`` and ``beside``.

    The least log share, among training lines with the same ``of`` and ``beside``, of those that point to the
    same; a training claim does not count for itself.
    """

    kind: Literal["line_share"]
    pointed: Pointed


class LineTail(LineFeature):
    """How unusually large a line's ``number`` is for its ``of`` and ``beside``.

    The least log share, among training lines with the same ``of`` and ``beside``, of those whose number is as
    large or larger; a training claim does not count for itself.
    """

    kind: Literal["line_tail"]
    number: str

    @property
    def line_numbers(self) -> tuple[str, ...]:  # noqa: D102
        return (*super().line_numbers, self.number)
