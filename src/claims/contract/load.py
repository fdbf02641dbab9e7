"""Contracts from their files."""

from pathlib import Path

from claims.contract.contract import Contract
from claims.documents import parse_document
from claims.errors import ContractError


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
    try:
        return parse_contract(path.read_text(encoding="utf-8"), str(path))
    except UnicodeDecodeError:
        raise ContractError(str(path), "not UTF-8", "Save it as UTF-8.") from None


def parse_contract(text: str, name: str) -> Contract:
    """Check a contract's text; ``name`` stands in messages (see `load_contract`)."""
    return parse_document(Contract, text, name, ContractError)
