"""What a claim asks for, where the contract names the column that says it."""

import numpy as np

from claims.contract import Contract
from claims.data.batch import Frame, Numbers


def amounts(contract: Contract, claims: Frame) -> Numbers:
    """Return the amount of each claim in cents, NaN where it is unknown: float64 [n]."""
    if contract.amount is None:
        return np.full(claims.size, np.nan)
    return claims.numbers(contract.amount)
