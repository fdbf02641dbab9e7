"""Groups of claims by which errors are compared."""

import datetime as dt

import numpy as np
import pytest

from claims.data.batch import DAY_ZERO
from claims.features.groups import age_bands, group_claims

AT = dt.date(2026, 3, 1)


def days(*dates: dt.date | None) -> np.ndarray:
    return np.array([np.nan if date is None else float((date - DAY_ZERO).days) for date in dates])


@pytest.mark.parametrize(
    ("born", "band"),
    [
        (dt.date(2026, 3, 1), "0-17"),
        (dt.date(2008, 3, 2), "0-17"),
        (dt.date(2008, 3, 1), "18-34"),  # eighteen that day
        (dt.date(1991, 3, 1), "35-49"),
        (dt.date(1976, 3, 2), "35-49"),
        (dt.date(1976, 3, 1), "50-64"),
        (dt.date(1961, 3, 1), "65+"),
        (dt.date(1900, 1, 1), "65+"),
        (dt.date(2026, 3, 2), None),  # not born yet
        (None, None),
    ],
)
def test_a_date_of_birth_is_an_age_when_the_claim_arrived(born: dt.date | None, band: str | None) -> None:
    assert age_bands(days(born), days(AT)).texts().tolist() == [band]


def test_groups_of_the_demo(contract, batch) -> None:
    ages = group_claims(contract, batch.claims, "member_birth_date")
    assert set(ages.texts()) == set(ages.levels)
    sex = group_claims(contract, batch.claims, "member_sex")
    assert set(sex.texts()) == {"F", "M", "U"}
