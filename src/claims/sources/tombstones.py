"""Tombstones: subjects whose rows extraction leaves out, known by their pseudonyms alone.

A file contracts/tombstones/NAME.txt holds one line a subject: the column that names it, its pseudonym, and
the fingerprint of the key that made the pseudonym. `claims forget` writes it and git keeps it.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from claims.base.errors import DataError
from claims.base.files import write_whole
from claims.base.strict import Strict
from claims.contract import Contract
from claims.data.pseudonyms import fingerprint, pseudonym

FOLDER = Path("contracts/tombstones")
_LINE = re.compile(r"(\S+) ([0-9a-f]{32}) key=([0-9a-f]{16})")


class Tombstone(Strict):
    """One forgotten subject.

    Attributes
    ----------
    column
        Of the claims: their identifier, or another hashed one.
    pseudonym
        As `claims.data.pseudonyms.pseudonym` makes it.
    key
        Fingerprint of the key.
    """

    column: str
    pseudonym: str
    key: str

    @classmethod
    def of(cls, contract: Contract, column: str, subject: str, key: bytes) -> "Tombstone":
        """Make the tombstone of a subject, whose identifier is hashed here and goes no further.

        Raises
        ------
        DataError
            The contract does not hash that column, or there is no identifier.
        """
        hashed = hashed_columns(contract)
        if column not in hashed:
            raise DataError(column, "not a hashed column of the claims", f"Name one of {', '.join(hashed)}.")
        if not subject.strip():
            raise DataError(column, "no identifier was given", "Give it as it stands in the source.")
        try:
            return cls(column=column, pseudonym=pseudonym(key, subject), key=fingerprint(key))
        except UnicodeEncodeError:  # typed on a terminal of another encoding
            raise DataError(column, "an identifier that is not UTF-8", "Write it in UTF-8.") from None

    def __str__(self) -> str:
        return f"{self.column} {self.pseudonym} key={self.key}"


def hashed_columns(contract: Contract) -> list[str]:
    """Return the columns of the claims by which a subject can be named."""
    return [name for name, column in contract.columns.items() if column.protect == "hash"]


def tombstone_file(contract: Contract, folder: Path = FOLDER) -> Path:
    """Return the file of the tombstones of a contract's claims."""
    return folder / f"{contract.name}.txt"


def read_tombstones(path: Path) -> list[Tombstone]:
    """Read the tombstones of a file, none where there is no file.

    Raises
    ------
    DataError
        Names the line that is none: a damaged file must not bring a subject back.
    """
    if not path.exists():
        return []
    stones, remedy = [], "Restore it: `git checkout` brings it back."
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        if match := _LINE.fullmatch(line):
            stones.append(Tombstone(column=match[1], pseudonym=match[2], key=match[3]))
        elif line.strip():
            raise DataError(f"{path}:{number}", "no tombstone", remedy)
    return stones


def add_tombstone(path: Path, stone: Tombstone) -> bool:
    """Add a tombstone, whole or not at all; return False where it stands there already."""
    stones = read_tombstones(path)
    if stone in stones:
        return False
    write_whole(path, "".join(f"{line}\n" for line in sorted({*map(str, stones), str(stone)})))
    return True


def forgotten_by(path: Path, contract: Contract, key: bytes) -> dict[str, list[str]]:
    """Return the pseudonyms to leave out, by column.

    Raises
    ------
    DataError
        A tombstone was made with another key, so that its subject would pass unnoticed, or names a column
        that the contract does not hash.
    """
    stones, hashed = read_tombstones(path), hashed_columns(contract)
    if others := {stone.key for stone in stones} - {fingerprint(key)}:
        problem = f"tombstones of another key (fingerprint {min(others)}), which would not be found"
        remedy = "Set CLAIMS_HASH_KEY to that key, or forget their subjects again under this one and"
        raise DataError(str(path), problem, f"{remedy} remove those lines.")
    if unknown := {stone.column for stone in stones} - {*hashed}:
        raise DataError(
            str(path), f"{min(unknown)!r} is no hashed column", f"Columns are {', '.join(hashed)}."
        )
    return _by_column(stones)


def _by_column(stones: Iterable[Tombstone]) -> dict[str, list[str]]:
    pseudonyms: dict[str, list[str]] = {}
    for stone in stones:
        pseudonyms.setdefault(stone.column, []).append(stone.pseudonym)
    return pseudonyms
