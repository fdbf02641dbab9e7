"""How many digits figures are stated with."""

from typing import SupportsFloat

DIGITS = 6  # after the point: beyond them processors differ, and no claim count tells them apart


def rounded(value: SupportsFloat, digits: int = DIGITS) -> float:
    """Round a number, NumPy's too, to a float of Python's."""
    return round(float(value), digits)
