"""The search space, ``tune.space`` of params.yaml: for every value that may be searched, what is tried."""

from typing import Any, Self

from pydantic import Field, ValidationError, model_validator

from claims.base.strict import Strict, problem_at
from claims.config.tunable import check_field

Value = int | float | tuple[int, ...]
Values = dict[str, Value]

_DIGITS = 3  # significant: what a person would write, and steady against the last bits of a proposal


class Dimension(Strict):
    """One searched value: a list of choices, or a range; whole numbers where both its ends are.

    Attributes
    ----------
    start
        What the first trial has.
    choices
        All that may be tried.
    low, high
        The ends of a range; both may be tried.
    log
        Whether the range is searched by factors, not by differences.
    """

    start: Value
    choices: tuple[Value, ...] | None = Field(None, min_length=1)
    low: int | float | None = None
    high: int | float | None = None
    log: bool = False

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if self.choices is not None:
            if (self.low, self.high, self.log) != (None, None, False):
                raise ValueError("give choices, or low and high")
            if self.start not in self.choices:
                raise ValueError(f"start {self.start} is none of the choices")
            return self
        if self.low is None or self.high is None:
            raise ValueError("give choices, or low and high")
        if isinstance(self.start, tuple) or not self.low <= self.start <= self.high:
            raise ValueError(f"start {self.start} is not between low {self.low} and high {self.high}")
        if self.log and self.low <= 0:
            raise ValueError(f"a range on a log scale starts above 0, not at {self.low}")
        return self

    @property
    def ends(self) -> tuple[float, float]:
        """Lowest and highest that a search may propose: of the range, or of the choices' positions."""
        if self.choices is not None:
            return 0, len(self.choices) - 1
        assert self.low is not None
        assert self.high is not None
        return self.low, self.high

    @property
    def is_whole(self) -> bool:
        """Whether only whole numbers are proposed."""
        return all(isinstance(end, int) for end in self.ends)

    @property
    def proposed_start(self) -> float:
        """`start` as a search would propose it."""
        if self.choices is not None:
            return self.choices.index(self.start)
        assert not isinstance(self.start, tuple)
        return self.start

    def value(self, proposed: float) -> Value:
        """Return the value of a proposal: the choice at that position, or the number in three digits."""
        if self.choices is not None:
            return self.choices[int(proposed)]
        if self.is_whole:
            return int(proposed)
        low, high = self.ends
        return min(max(float(f"{proposed:.{_DIGITS}g}"), low), high)


class NetworkSpace(Strict):
    """Space of the network: its architecture and its optimiser."""

    learning_rate: Dimension
    batch_size: Dimension
    layers: Dimension
    embedding: Dimension
    dropout: Dimension
    weight_decay: Dimension


class BoostingSpace(Strict):
    """Space of the boosted trees."""

    learning_rate: Dimension
    leaves: Dimension
    min_leaf: Dimension
    feature_fraction: Dimension
    bagging_fraction: Dimension
    l2: Dimension


FamilySpace = NetworkSpace | BoostingSpace


class Space(Strict):
    """Space of each family."""

    network: NetworkSpace
    boosting: BoostingSpace


def dimensions(space: FamilySpace) -> dict[str, Dimension]:
    """Return the dimensions by name, in the order of the family's declaration."""
    return {name: getattr(space, name) for name in type(space).model_fields}


def values_of(space: FamilySpace, proposed: dict[str, Any]) -> Values:
    """Return the values of a search's proposal; whatever else the search keeps there is left out."""
    return {name: dimension.value(proposed[name]) for name, dimension in dimensions(space).items()}


def start_of(space: FamilySpace) -> dict[str, float]:
    """Return the proposal of the first trial."""
    return {name: dimension.proposed_start for name, dimension in dimensions(space).items()}


def start_values(space: FamilySpace) -> Values:
    """Return the values of the first trial."""
    return {name: dimension.start for name, dimension in dimensions(space).items()}


def refuse_illegal(family: str, space: FamilySpace, settings: type[Strict]) -> None:
    """Refuse a space that reaches values which the settings would not take.

    Raises
    ------
    PydanticCustomError
        Names the dimension, the value and what is wrong with it.
    """
    for name, dimension in dimensions(space).items():
        for value in dimension.choices or dimension.ends:
            try:
                check_field(settings, name, value)
            except ValidationError as error:
                place = f"tune.space.{family}.{name}"
                problem = f"{value} cannot be tried: {error.errors()[0]['msg']}"
                raise problem_at(place, problem) from None
