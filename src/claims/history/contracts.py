"""Contracts over time: those of a file, or of REV:path at a revision of Git's."""

from pathlib import Path

from claims.base.errors import ContractError
from claims.contract import Contract, load_contract, parse_contract
from claims.contract.version import number_of
from claims.history.contract_changes import Change, due_version, find_changes
from claims.repository.git import Git


def read_contract(place: str, git: Git | None = None) -> Contract:
    """Read a contract.

    Parameters
    ----------
    place
        A path, or ``REV:path``.

    Raises
    ------
    ContractError, HistoryError
        There is no such contract, or it is not legal.
    """
    revision, colon, path = place.partition(":")
    if Path(place).exists() or not colon:
        return load_contract(Path(place))
    git = git or Git()
    content = git.file(git.commit(revision), path)
    if content is None:
        raise ContractError(place, "no such file at that revision", "Name one that was there.")
    return parse_contract(content.decode("utf-8", errors="replace"), place)


def compare_contracts(old: Contract, new: Contract) -> tuple[list[Change], str]:
    """Find the differences, and the lowest version that the new contract may have."""
    changes = find_changes(old, new)
    return changes, due_version(old.version, changes)


def check_version(where: str, new: Contract, due: str) -> None:
    """Refuse a contract whose version was not raised enough.

    Raises
    ------
    ContractError
        Names the version that is due.
    """
    if number_of(new.version) < number_of(due):
        raise ContractError(f"{where}: version", f"{new.version}, and {due} is due", f"Write version: {due}.")
