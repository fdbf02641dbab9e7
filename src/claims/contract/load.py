"""Contracts from their files."""

from pathlib import Path

from claims.base.documents import parse_document, read_document
from claims.base.errors import ContractError
from claims.contract.contract import Contract


def load_contract(path: Path) -> Contract:
    """Read and check a contract.

    Parameters
    ----------
    path
        A file such as ``contracts/professional.yaml``.

    Raises
    ------
    ContractError
        Names the file with its line, what was found there and what is legal.
    """
    if not path.exists():
        known = ", ".join(sorted(file.stem for file in path.parent.glob("*.yaml"))) or "none"
        raise ContractError(str(path), "no such contract", f"Contracts in {path.parent}: {known}.")
    return read_document(Contract, path, ContractError)


def parse_contract(text: str, name: str) -> Contract:
    """Check a contract's text; ``name`` stands in messages (see `load_contract`)."""
    return parse_document(Contract, text, name, ContractError)
