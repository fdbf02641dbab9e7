"""The base of everything that is read from a file: immutable, and an unknown key is an error."""

from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticCustomError

PLACED = "placed"  # the type, among pydantic's errors, of those that `problem_at` makes


class Strict(BaseModel):
    """Immutable, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def problem_at(place: str, problem: str) -> PydanticCustomError:
    """Make the error of a check over a whole document, to be raised inside a validator.

    Parameters
    ----------
    place
        The keys that lead to what is wrong, joined by points: ``features.member_age``.
    problem
        What is wrong there.
    """
    return PydanticCustomError(PLACED, "{place}: {problem}", {"place": place, "problem": problem})
