"""Splits by event time."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from claims.base.errors import DataError
from claims.config.params import Split
from claims.data.windows import GAP, IMMATURE, SPLITS, assign, check_anomalies, check_outcomes, find_starts

SHARES = Split(
    train=0.6, validation=0.1, calibration=0.1, validation_from=None, calibration_from=None, test_from=None
)
Days = NDArray[np.float64]


def split_by_share(days: Days, gap_days: int = 0) -> NDArray[np.str_]:
    return assign(days, find_starts(days, SHARES), gap_days)


def test_shares_divide_evenly_spread_claims() -> None:
    names = split_by_share(np.arange(1000.0))

    counts = [int((names == name).sum()) for name in SPLITS]
    assert np.allclose(counts, [600, 100, 100, 200], atol=1)


def test_explicit_days_start_their_windows() -> None:
    days = (dt.date(1970, 1, 11), dt.date(1970, 1, 21), dt.date(1970, 1, 31))
    split = SHARES.model_copy(
        update=dict(zip(("validation_from", "calibration_from", "test_from"), days, strict=True))
    )

    assert find_starts(np.arange(40.0), split) == [10, 20, 30]
    assert assign(np.array([9.0, 10, 19, 20, 29, 30]), [10, 20, 30], 0).tolist() == [
        "train",
        *("validation",) * 2,
        *("calibration",) * 2,
        "test",
    ]


@given(st.lists(st.integers(0, 60), min_size=20, max_size=200), st.integers(0, 5))
def test_later_claims_never_teach_about_earlier_ones(days: list[int], gap_days: int) -> None:
    received = np.array(days, dtype=float)
    try:
        names = split_by_share(received, gap_days)
    except DataError:
        assume(False)  # too few days for four windows

    first = [received[names == name].min() for name in SPLITS]
    last = [received[names == name].max() for name in SPLITS]
    assert all(end + gap_days < start for end, start in zip(last[:-1], first[1:], strict=True))


def test_the_last_days_before_each_window_are_the_gap() -> None:
    names = assign(np.arange(40.0), [10.0, 20.0, 30.0], gap_days=2)

    assert np.flatnonzero(names == GAP).tolist() == [8, 9, 18, 19, 28, 29]


def test_test_days_from_the_first_immature_one_on_are_set_apart() -> None:
    names = assign(np.arange(40.0), [10.0, 20.0, 30.0], gap_days=0, immature_from=35.0)

    assert np.flatnonzero(names == IMMATURE).tolist() == [35, 36, 37, 38, 39]
    assert np.flatnonzero(names == "test").tolist() == [30, 31, 32, 33, 34]


def test_earlier_windows_are_never_immature() -> None:
    days = np.append(np.arange(40.0), 22.0)

    assert IMMATURE not in assign(days[days < 30], [8.0, 15.0, 20.0], 0, immature_from=30.0)
    with pytest.raises(DataError, match="no claims in test"):
        assign(days, [10.0, 20.0, 30.0], 0, immature_from=5.0)


@pytest.mark.parametrize("gap_days", [0, 10], ids=["no claims", "all in the gap"])
def test_an_empty_split_names_the_windows(gap_days: int) -> None:
    days = np.array([1.0, 25.0, 35.0]) if gap_days == 0 else np.arange(40.0)

    with pytest.raises(DataError, match=r"no claims in .* 1970-01-11, 1970-01-21, 1970-01-31"):
        assign(days, [10.0, 20.0, 30.0], gap_days)


@pytest.mark.parametrize(("approved", "said"), [(True, "approved"), (False, "rejected")])
def test_a_split_with_one_outcome_is_refused(approved: bool, said: str) -> None:
    names = np.repeat(SPLITS, 4)
    outcome = np.where(names == "calibration", approved, np.arange(16) % 2 == 0)
    with pytest.raises(DataError, match=f"every claim in calibration is {said}.*outcome.rejected"):
        check_outcomes(names, outcome)


@pytest.mark.parametrize("name", SPLITS[:-1])
@pytest.mark.parametrize("label", [0, 1])
def test_a_split_whose_audits_found_one_thing_alone_is_refused(name: str, label: int) -> None:
    both = np.float32([0, 1, np.nan])
    labels = dict.fromkeys(SPLITS, both) | {name: np.float32([label, np.nan, np.nan])}
    counts = f"{label} findings and {1 - label} clean claims"
    with pytest.raises(DataError, match=f"audits: {name} has {counts}.*take it out"):
        check_anomalies(labels)


def test_a_test_window_too_young_for_audits_is_no_fault() -> None:
    both = np.float32([0, 1, np.nan])
    check_anomalies(dict.fromkeys(SPLITS, both) | {"test": np.float32([np.nan])})
