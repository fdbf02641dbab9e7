"""A subject forgotten: a tombstone, so that no later extraction brings the rows, and what is left of them."""

import sys
from collections.abc import Iterator
from getpass import getpass
from pathlib import Path

from claims.base.errors import DataError
from claims.base.files import alone
from claims.config.params import load_params
from claims.contract import load_contract
from claims.data.pseudonyms import hash_key
from claims.erasure.report import describe
from claims.erasure.search import search
from claims.repository.git import Git
from claims.sources.tombstones import Tombstone, add_tombstone, tombstone_file

_STDIN = "standard input"


def read_subject() -> str:
    """Read one identifier from standard input, which a terminal does not show.

    Raises
    ------
    DataError
        There are several, of which all but one would stay, or it is no text.
    """
    if sys.stdin.isatty():
        return getpass("identifier: ")
    try:
        lines = sys.stdin.buffer.read().decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise DataError(_STDIN, "not UTF-8", "Write the identifier in UTF-8.") from None
    given = [line for line in lines if line.strip()]
    if len(given) > 1:
        raise DataError(_STDIN, f"{len(given)} identifiers", "Give one at a time.")
    return given[0] if given else ""


def forget(subject: str, column: str | None, *, dry_run: bool) -> Iterator[str]:
    """Write a subject's tombstone, and say where rows lie and what has to be made anew.

    Parameters
    ----------
    subject
        Identifier as in the source; it is hashed here and goes no further.
    column
        Hashed column that holds it; None: the claim's identifier.
    dry_run
        Search alone, and write nothing.

    Yields
    ------
    Lines for a person; no identifier is in them.

    Raises
    ------
    DataError
        The contract does not hash that column, or there is no identifier.
    HistoryError
        There is no repository of git's or DVC's.
    """
    params = load_params()
    contract = load_contract(Path("contracts") / f"{params.contract}.yaml")
    key = hash_key(contract, is_demo=params.source.is_demo)
    stone = Tombstone.of(contract, column or contract.claims.identifier, subject, key)
    if not dry_run:
        path = tombstone_file(contract)
        with alone(path.parent):  # of two that read the same tombstones, one would lose the other's
            added = add_tombstone(path, stone)
        done = "a tombstone was written; commit it" if added else "stands there already"
        yield f"{path}: {stone.column} {stone.pseudonym}: {done}"
    yield from describe(search(Git(), contract, stone))
