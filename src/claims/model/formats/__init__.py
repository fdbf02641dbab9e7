"""The members of packed files by the number of their format: what was packed once is read for ever.

A new format is a module more, at the end of `FORMATS`; the module that was last then says how its members are
translated to the new ones. Translations are chained, so that the rest of the code knows the newest alone.
"""

from collections.abc import Mapping

from pydantic import BaseModel, Field

from claims.model.container import join_members
from claims.model.formats import format_0, format_1
from claims.model.formats.format import NUMBER, Format, Members, parse_member

FORMATS: tuple[Format, ...] = (format_0.FORMAT, format_1.FORMAT)  # a format's number is its place
NEWEST = len(FORMATS) - 1


class Number(BaseModel):
    """``format.json``, in which a later format may hold more."""

    format: int = Field(ge=1, strict=True)


def read_number(members: Members) -> int:
    """Return the number of a file's format, also of one that is not known yet.

    Raises
    ------
    MemberError
        The member that holds it says something else.
    """
    return parse_member(Number, members, NUMBER).format if NUMBER in members else 0


def translate(members: Members, number: int) -> Members:
    """Translate the members of a format to those of the newest.

    Raises
    ------
    MemberError
        A member is not as its format says.
    """
    for known in FORMATS[number:NEWEST]:
        members = known.translate(members)
    return members


def seal_and_join(flatbuffer: bytes, contents: Mapping[str, str]) -> bytes:
    """Return a file of the newest format: the same bytes for the same contents, by name of the member."""
    return join_members(flatbuffer, format_1.seal(flatbuffer, contents))
