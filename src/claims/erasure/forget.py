"""A subject forgotten: a tombstone, so that no later extraction brings the rows, and what is left of them."""

from collections.abc import Iterator
from pathlib import Path

from claims.config import load_params
from claims.contract import load_contract
from claims.erasure.report import describe
from claims.erasure.search import search
from claims.git import Git
from claims.privacy import hash_key
from claims.sources.tombstones import Tombstone, add_tombstone, tombstone_file


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
        added = add_tombstone(path, stone)
        done = "a tombstone was written; commit it" if added else "stands there already"
        yield f"{path}: {stone.column} {stone.pseudonym}: {done}"
    yield from describe(search(Git(), contract, stone))
