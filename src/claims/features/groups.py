"""Groups of claims: the values of a category, or bands of age."""

import numpy as np

from claims.contract import Contract
from claims.data.batch import Categories, Frame, Numbers
from claims.features.calendar import completed_years

_FROM = (0, 18, 35, 50, 65)  # completed years: minors, and adults up to the usual age of Medicare
_BANDS = ["0-17", "18-34", "35-49", "50-64", "65+"]


def group_claims(contract: Contract, claims: Frame, name: str) -> Categories:
    """Group claims by the value of a category, or of a date of birth by the age when the claim arrived."""
    if contract.columns[name].type == "date":
        return age_bands(claims.numbers(name), claims.numbers(contract.claims.event_time))
    return claims.categories(name)


def age_bands(born: Numbers, at: Numbers) -> Categories:
    """Band completed years, from days since 1970-01-01; missing where a day is, or before birth."""
    years = completed_years(born, at)
    bands = np.digitize(np.nan_to_num(years, nan=-1.0), _FROM) - 1
    return Categories(bands.astype(np.int32), list(_BANDS))
