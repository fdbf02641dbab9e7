"""Calendar arithmetic on days since 1970-01-01."""

import numpy as np

from claims.data.batch import Ints, Numbers


def whole_days(days: Numbers) -> Ints:
    """Turn days into integers; a missing day is day zero: int64 [n]."""
    return np.nan_to_num(days).astype(np.int64)


def civil(days: Numbers) -> tuple[Ints, Ints, Ints]:
    """Return year, month 1–12 and day 1–31 of each day: int64 [n] each."""
    dates = whole_days(days).astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    index = months.astype(np.int64)
    return index // 12 + 1970, index % 12 + 1, (dates - months).astype(np.int64) + 1


def completed_years(born: Numbers, at: Numbers) -> Numbers:
    """Count completed years; NaN where either day is missing: float64 [n]."""
    (by, bm, bd), (ay, am, ad) = civil(born), civil(at)
    years = ay - by - ((am < bm) | ((am == bm) & (ad < bd)))
    return np.where(np.isnan(born) | np.isnan(at), np.nan, years)
