"""What has to be said of a format of packed files."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ValidationError

Members = Mapping[str, bytes]
Model = TypeVar("Model", bound=BaseModel)
FLATBUFFER = "flatbuffer"
NUMBER, SEAL = "format.json", "seal.json"  # of every format but 0, which has no number


class MemberError(ValueError):
    """A member, by its name, that does not say what its format wants; never its content."""


@dataclass(frozen=True)
class Format:
    """A format of packed files.

    Attributes
    ----------
    names
        Its members in the order of the file, without the record that a release appends.
    find_altered
        Name a part, of flatbuffer and members, that is not the one that was sealed; None where all are.
    translate
        Say the same in the members of the next format; the newest leaves them as they are.
    """

    names: tuple[str, ...]
    find_altered: Callable[[bytes, Members], str | None]
    translate: Callable[[Members], Members]


def parse_member(model: type[Model], members: Members, name: str) -> Model:
    """Check a member against a model.

    Raises
    ------
    MemberError
        Where it is something else.
    """
    try:
        return model.model_validate_json(members[name])
    except ValidationError:
        raise MemberError(name) from None


def hash_parts(flatbuffer: bytes, members: Members) -> dict[str, str]:
    """Return the SHA-256 of the flatbuffer and of each member, in hex, by name."""
    parts = {FLATBUFFER: flatbuffer, **members}
    return {name: hashlib.sha256(part).hexdigest() for name, part in parts.items()}
