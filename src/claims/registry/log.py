"""The log of releases: who did what, when and why; one JSON a line, each with the hash of the one before.

An entry that is changed, removed or put in between breaks the chain. The last entries alone could be cut
off without a trace in the file; the registry's pointers name entries that then are gone, and Git has the
rest.
"""

import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import AliasChoices, AwareDatetime, Field, ValidationError

from claims.base.errors import ReleaseError
from claims.base.strict import Strict

Action = Literal["release", "promote", "rollback", "archive"]
FIRST = "0" * 64  # what the first entry follows
_ENVIRONMENT_KEY = "stage"  # in the file, for ever


class Entry(Strict):
    """One act on a release.

    Attributes
    ----------
    release, identity
        Number and SHA-256 of the record.
    environment
        In which it went live; null for a release itself and its archiving. In the file the key is ``stage``,
        as it was from the first log on: what is chained by hashes keeps its bytes.
    replaced
        The release that was there before.
    why
        A person's reason; that of an override too.
    gates
        Verdicts at the time; ``override``, where there was one, with its reason.
    previous
        SHA-256 of the line before.
    """

    at: AwareDatetime
    who: str
    action: Action
    release: int
    identity: str
    environment: str | None = Field(
        default=None,
        validation_alias=AliasChoices(_ENVIRONMENT_KEY, "environment"),
        serialization_alias=_ENVIRONMENT_KEY,
    )
    replaced: int | None = None
    why: str
    gates: dict[str, Any] = Field(default_factory=dict)
    previous: str

    def line(self) -> str:
        """Return the entry as it stands in the log."""
        content = self.model_dump(mode="json", by_alias=True)
        return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @property
    def digest(self) -> str:
        """SHA-256 of the line, which the next entry names as ``previous``."""
        return hashlib.sha256(self.line().encode()).hexdigest()


def read_log(path: Path) -> tuple[Entry, ...]:
    """Read all entries, oldest first; none where there is no log.

    Raises
    ------
    ReleaseError
        Names the first line that was altered, or that does not follow the one before.
    """
    return _read(path.read_bytes(), str(path)) if path.exists() else ()


@lru_cache(maxsize=2)  # a command asks for the same one again and again
def _read(content: bytes, name: str) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    before, last = FIRST, None
    *lines, rest = content.split(b"\n")  # not by splitlines(), which splits at U+2028 too
    for place, line in enumerate([*lines, rest] if rest else lines, 1):
        entry = _parse(line, f"{name}:{place}")
        if entry.previous != before or (last is not None and entry.at < last):
            problem = "does not follow the line before: an entry was altered, removed or put in between"
            raise ReleaseError(f"{name}:{place}", problem, RESTORE)
        entries.append(entry)
        before, last = hashlib.sha256(line).hexdigest(), entry.at  # the digest: its line is this one
    return tuple(entries)


RESTORE = "Find the change: `git log -p`. Restore the file from Git."


def _parse(line: bytes, name: str) -> Entry:
    try:
        entry = Entry.model_validate_json(line)
    except ValidationError:
        raise ReleaseError(name, "no entry of the log", RESTORE) from None
    if entry.line().encode() != line:
        raise ReleaseError(name, "not as it was written", RESTORE)
    return entry


def text_of(entries: Sequence[Entry]) -> str:
    """Return the text of a whole log."""
    return "".join(entry.line() + "\n" for entry in entries)
