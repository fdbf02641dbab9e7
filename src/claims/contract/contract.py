"""The claim contract: the one file that a team writes to bring its own claims.

Extraction, validation, the feature list, the leak guard and the privacy guard are derived from it.
"""

import codecs
from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from claims.base.strict import Strict, problem_at
from claims.contract.columns import Column
from claims.contract.features import AnyFeature
from claims.contract.outcome import Outcome
from claims.contract.version import Version


class ClaimsTable(Strict):
    """The table of claims, one row a claim."""

    table: str
    identifier: str
    event_time: str
    encoding: str = "utf-8"

    @field_validator("encoding")
    @classmethod
    def _exists(cls, encoding: str) -> str:
        try:
            codecs.lookup(encoding)
        except LookupError:
            raise ValueError(f"no encoding is called {encoding!r}") from None
        return encoding


class LinesTable(Strict):
    """The table of service lines.

    Attributes
    ----------
    claim, order
        The column that names the claim, and the number by which its lines are ordered.
    field
        Where nested JSON holds the lines of a claim.
    """

    table: str
    claim: str
    order: str
    field: str = "lines"
    known: str = Field(default="submission", pattern="^(submission|offline)$")


class Contract(Strict):
    """A claims source, typed: see ``contracts/professional.yaml`` for a commented example.

    Attributes
    ----------
    amount
        The money column that says what a claim asks for: what approving it wrongly puts at risk.
    """

    name: str = Field(pattern="^[a-z][a-z0-9_]*$")
    version: Version
    description: str
    published_key: Literal["never", "demo", "always"] = "never"
    claims: ClaimsTable
    columns: dict[str, Column]
    lines: LinesTable | None = None
    line_columns: dict[str, Column] = Field(default_factory=dict)
    outcome: Outcome
    amount: str | None = None
    features: dict[str, AnyFeature] = Field(min_length=1)
    slices: tuple[str, ...] = ()
    protected_features: tuple[str, ...] = ()
    gap_days: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _hold_together(self) -> Self:
        problems = [*self._unknown_columns(), *self._wrong_types(), *self._illegal_features()]
        if problems:
            raise problem_at(*problems[0])
        return self

    def _unknown_columns(self) -> Iterator[tuple[str, str]]:
        """List references to columns that the contract does not declare."""
        outcome = self.outcome
        named = {
            "claims.identifier": self.claims.identifier,
            "claims.event_time": self.claims.event_time,
            "amount": self.amount,
            "outcome.column": outcome.column,
            "outcome.known_at": outcome.known_at,
            "outcome.decided_by.column": outcome.decided_by and outcome.decided_by.column,
            "outcome.anomaly.column": outcome.anomaly and outcome.anomaly.column,
            "outcome.anomaly.known_at": outcome.anomaly and outcome.anomaly.known_at,
        }
        for where, column in named.items():
            if column is not None and column not in self.columns:
                yield where, f"no column is called {column!r}; columns are {', '.join(self.columns)}"
        for name in self.slices:
            if name not in self.columns:
                yield "slices", f"no column is called {name!r}"
        for name in self.protected_features:
            if name not in self.features:
                yield "protected_features", f"no feature is called {name!r}"
        for role, column in (("claim", self.lines.claim), ("order", self.lines.order)) if self.lines else ():
            if column not in self.line_columns:
                yield f"lines.{role}", f"no line column is called {column!r}"

    def _wrong_types(self) -> Iterator[tuple[str, str]]:
        """List columns whose role asks for another type or another moment."""
        claims, columns = self.claims, self.columns
        identifier, event = columns.get(claims.identifier), columns.get(claims.event_time)
        if identifier and (identifier.type, identifier.protect) != ("identifier", "hash"):
            yield (
                f"columns.{claims.identifier}",
                "the claim's identifier must be an identifier with protect: hash",
            )
        if event and (event.type, event.known) != ("date", "submission"):
            yield f"columns.{claims.event_time}", "the event time must be a date known at submission"
        known_at = self.outcome.known_at
        if known_at in columns and columns[known_at].type != "date":
            yield "outcome.known_at", f"{known_at!r} is of type {columns[known_at].type}, not a date"
        amount = columns.get(self.amount or "")
        if amount and (amount.type, amount.known) != ("money", "submission"):
            known = f"{self.amount!r} is {amount.type} known: {amount.known}"
            yield "amount", f"{known}; the amount must be money known at submission"
        for column in self._of_the_outcome():
            if column in columns and columns[column].known != "outcome":
                yield f"columns.{column}", "a column of the outcome must be known: outcome"
        for where, name in self._needed():
            if name in columns and columns[name].protect == "drop":
                yield where, f"{name!r} is dropped at extraction"
        for name in self.slices:
            if name in columns and columns[name].type != "category":
                yield "slices", f"{name!r} is of type {columns[name].type}; slices are categories"
        yield from self._wrong_audit()
        if self.lines is not None:
            yield from self._wrong_line_types(self.lines)

    def _wrong_audit(self) -> Iterator[tuple[str, str]]:
        """List columns of the audit whose type cannot say what was found, or when."""
        outcome, anomaly = self.outcome, self.outcome.anomaly
        if anomaly is None:
            return
        if anomaly.column in self.columns and self.columns[anomaly.column].type != "category":
            yield "outcome.anomaly.column", f"{anomaly.column!r} must be a category"
        if anomaly.known_at in self.columns and self.columns[anomaly.known_at].type != "date":
            yield "outcome.anomaly.known_at", f"{anomaly.known_at!r} must be a date"
        if anomaly.clean_after_days is not None and outcome.known_at is None:
            yield "outcome.anomaly.clean_after_days", "counts from outcome.known_at, which is not given"

    def _of_the_outcome(self) -> Iterator[str]:
        """List columns that come with the decision or after it."""
        outcome = self.outcome
        yield outcome.column
        if outcome.known_at:
            yield outcome.known_at
        if outcome.decided_by:
            yield outcome.decided_by.column
        if outcome.anomaly:
            yield outcome.anomaly.column
            if outcome.anomaly.known_at:
                yield outcome.anomaly.known_at

    def _needed(self) -> Iterator[tuple[str, str]]:
        """List columns that are read after extraction, beyond those of the features."""
        yield "claims.event_time", self.claims.event_time
        yield "outcome.column", self.outcome.column
        if self.outcome.known_at:
            yield "outcome.known_at", self.outcome.known_at
        if self.outcome.decided_by:
            yield "outcome.decided_by.column", self.outcome.decided_by.column
        anomaly = self.outcome.anomaly
        if anomaly:
            yield "outcome.anomaly.column", anomaly.column
        if anomaly and anomaly.known_at:
            yield "outcome.anomaly.known_at", anomaly.known_at
        if self.amount:
            yield "amount", self.amount
        yield from (("slices", name) for name in self.slices)

    def _wrong_line_types(self, lines: LinesTable) -> Iterator[tuple[str, str]]:
        claim, order = self.line_columns.get(lines.claim), self.line_columns.get(lines.order)
        if claim and (claim.type, claim.protect) != ("identifier", "hash"):
            yield f"line_columns.{lines.claim}", "must be an identifier with protect: hash, as in the claims"
        if order and (order.type, order.protect) != ("number", None):
            yield f"line_columns.{lines.order}", "what orders the lines must be a number, and not dropped"

    def _illegal_features(self) -> Iterator[tuple[str, str]]:
        """List features that read what is unknown, not yet known, protected or of another type."""
        types: dict[str, str] = {name: column.type for name, column in self.columns.items()}
        for name, feature in self.features.items():
            why = [*self._unfit_sources(feature, types), *self._refusals(name, feature)]
            why += self._line_refusals(name, feature) if feature.needs_lines else []
            if name in self.columns and (feature.kind != "column" or feature.of != name):
                why.append("a derived feature needs a name of its own, not a column's")
            yield from ((f"features.{name}", reason) for reason in why)
            source = feature.reads[0] if feature.reads else ""
            types[name] = feature.gives(types.get(source, "number"))

    @staticmethod
    def _unfit_sources(feature: AnyFeature, types: dict[str, str]) -> Iterator[str]:
        """Say which sources do not exist, or are of a type that the feature cannot read."""
        for source in feature.reads:
            if source not in types:
                yield f"{source!r} is neither a column nor an earlier feature"
            elif types[source] not in feature.legal_types(source):
                legal = " or ".join(feature.legal_types(source))
                yield f"{source!r} is of type {types[source]}; {feature.kind} takes {legal}"

    def _refusals(self, name: str, feature: AnyFeature) -> Iterator[str]:
        """Say why a column may not become a feature: the leak guard."""
        dated = self.outcome.known_at or self.outcome.mature_after_days is not None
        if feature.needs_known_at and not dated:
            yield "the outcome has neither known_at nor mature_after_days, so a rate would know it too early"
        for source in feature.reads:
            if source in self.columns:
                yield from self._refusals_of(name, source, self.columns[source])

    def _refusals_of(self, name: str, source: str, column: Column) -> Iterator[str]:
        if column.known != "submission":
            yield f"{source!r} is known: {column.known}, not when a claim arrives, so it would leak"
        if column.protect == "drop":
            yield f"{source!r} is dropped at extraction"
        if column.protected and name not in self.protected_features:
            yield f"{source!r} is protected; list {name} under protected_features if a person so decided"

    def _line_refusals(self, name: str, feature: AnyFeature) -> Iterator[str]:
        if self.lines is None:
            yield "the contract declares no lines"
            return
        if self.lines.known == "offline":
            yield f"the table {self.lines.table!r} is offline: absent when a claim arrives"
        for source in feature.reads_lines:
            column, legal = self.line_columns.get(source), feature.legal_line_types(source)
            if column is None:
                yield f"no line column is called {source!r}"
                continue
            yield from self._refusals_of(name, source, column)
            if column.type not in legal:
                yield f"{source!r} is of type {column.type}; {feature.title} takes {' or '.join(legal)}"

    @property
    def kept(self) -> dict[str, Column]:
        """Columns that leave extraction: all but the dropped ones."""
        return {name: column for name, column in self.columns.items() if column.protect != "drop"}

    @property
    def kept_lines(self) -> dict[str, Column]:
        """Line columns that leave extraction."""
        return {name: column for name, column in self.line_columns.items() if column.protect != "drop"}

    @property
    def inputs(self) -> dict[str, Column]:
        """Columns that a claim must bring to be scored: those that features read, and the amount."""
        read = {source for feature in self.features.values() for source in feature.reads}
        read |= {self.amount} if self.amount else set()
        if any(feature.needs_event_time for feature in self.features.values()):
            read.add(self.claims.event_time)
        return {name: column for name, column in self.columns.items() if name in read}

    @property
    def line_inputs(self) -> dict[str, Column]:
        """Line columns that features read; empty where none does."""
        read = {source for feature in self.features.values() for source in feature.reads_lines}
        return {name: column for name, column in self.line_columns.items() if name in read}

    @property
    def reads_lines(self) -> bool:
        """Whether any feature reads the service lines."""
        return any(feature.needs_lines for feature in self.features.values())

    @property
    def ordered_line_inputs(self) -> dict[str, Column]:
        """Line columns that features read, and the one that orders the lines."""
        read = {*self.line_inputs, *((self.lines.order,) if self.lines else ())}
        return {name: column for name, column in self.line_columns.items() if name in read}

    @property
    def protected(self) -> dict[str, Column]:
        """Protected columns that leave extraction."""
        return {name: column for name, column in self.kept.items() if column.protected}

    @property
    def protected_groups(self) -> tuple[str, ...]:
        """Protected columns by whose groups errors are compared: categories, and dates of birth."""
        return tuple(name for name, column in self.protected.items() if column.type in ("category", "date"))

    @property
    def sliced(self) -> tuple[str, ...]:
        """Columns by whose groups metrics are sliced: those declared, and the protected ones."""
        return tuple(dict.fromkeys((*self.slices, *self.protected_groups)))
