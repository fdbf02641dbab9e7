"""The claim contract: what a team's claims look like, in one typed file. Read it first."""

from claims.contract.columns import Column, Corrections, optional
from claims.contract.contract import Contract
from claims.contract.load import load_contract, parse_contract

__all__ = ["Column", "Contract", "Corrections", "load_contract", "optional", "parse_contract"]
