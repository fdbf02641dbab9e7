"""Sections of params.yaml in which a value may be the word ``tuned``: the winner's value of that name."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import TypeAdapter, WrapValidator, create_model

from claims.base.strict import Strict

TUNED = "tuned"


def tunable(settings: type[Strict], names: Iterable[str]) -> Any:
    """Make a class with the fields of ``settings``, of which the named ones may also be the word.

    Anything else is checked, and refused in the same words, as ``settings`` does.
    """
    plain = {name: (field.annotation, field) for name, field in settings.model_fields.items()}
    either = {name: (_or_tuned(settings, name), ...) for name in names}
    fields: dict[str, Any] = {**plain, **either}
    return create_model(f"Tunable{settings.__name__}", __base__=Strict, **fields)


def check_field(settings: type[Strict], name: str, value: Any) -> Any:
    """Check one value as the settings would take it.

    Raises
    ------
    ValidationError
        Where they would not.
    """
    return TypeAdapter(_annotation(settings, name)).validate_python(value)


def _or_tuned(settings: type[Strict], name: str) -> Any:
    def check(value: Any, _: Any) -> Any:
        return value if value == TUNED else check_field(settings, name, value)

    return Annotated[_annotation(settings, name) | Literal["tuned"], WrapValidator(check)]


def _annotation(settings: type[Strict], name: str) -> Any:
    field = settings.model_fields[name]
    return Annotated[field.annotation, *field.metadata]
