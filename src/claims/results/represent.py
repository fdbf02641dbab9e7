"""``metrics/represent.json``: what the claims that set the int8 ranges hold of all training claims."""

from claims.base.strict import Strict
from claims.results.files import Figure


class SliceHeld(Strict):
    """How many values a slice has, and which of them no representative claim has."""

    values: int
    missing: list[str]


class RepresentMetrics(Strict):
    """What the sample holds.

    Attributes
    ----------
    rows, distinct_rows, sha256
        Of the sample.
    codes, ranges
        Shares of the codes, and of the numbers' ranges, that it reaches; None where there are no numbers.
    """

    rows: int
    distinct_rows: int
    sha256: str
    approved_share: Figure
    slices: dict[str, SliceHeld]
    codes: Figure
    ranges: Figure | None
