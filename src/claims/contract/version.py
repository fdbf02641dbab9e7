"""Versions of contracts: MAJOR.MINOR.PATCH, as semantic versioning has them (semver.org)."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator

_LEGAL = re.compile(r"[1-9]\d*\.(0|[1-9]\d*)\.(0|[1-9]\d*)")


def _as_text(value: Any) -> Any:
    """Let a whole number stand for its first version: 2 is 2.0.0."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = f"{value}.0.0"
    if not isinstance(value, str) or not _LEGAL.fullmatch(value):
        raise ValueError(f"{value!r} is no version; write MAJOR.MINOR.PATCH from 1.0.0, such as 1.2.0")
    return value


Version = Annotated[str, BeforeValidator(_as_text)]


def number_of(version: str) -> tuple[int, int, int]:
    """The three numbers, which compare as versions do."""
    major, minor, patch = version.split(".")
    return int(major), int(minor), int(patch)
