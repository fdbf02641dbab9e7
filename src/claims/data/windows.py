"""Splits by event time: later claims never teach about earlier ones."""

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from claims.base.errors import DataError
from claims.config.params import Split
from claims.data.anomaly_labels import Anomalies
from claims.data.batch import DAY_ZERO, Numbers

SPLITS = ("train", "validation", "calibration", "test")
GAP = "gap"
IMMATURE = "immature"  # months of the test window whose outcomes are not all there yet


def find_starts(days: Numbers, split: Split) -> list[float]:
    """Find the first day of validation, calibration and test.

    Parameters
    ----------
    days
        float64 [n], event times in days since 1970-01-01.
    split
        Dates, or shares of the claims; a share ends on a whole day, so that no day lies in two splits.
    """
    if split.test_from and split.calibration_from and split.validation_from:
        dates = (split.validation_from, split.calibration_from, split.test_from)
        return [float((date - DAY_ZERO).days) for date in dates]
    ends = np.cumsum([split.train, split.validation, split.calibration])
    return [float(day) for day in np.quantile(days, ends, method="inverted_cdf")]


def assign(
    days: Numbers, starts: list[float], gap_days: int, immature_from: float = np.inf
) -> NDArray[np.str_]:
    """Name the split of each claim, as `name_windows`.

    Raises
    ------
    DataError
        Where a split has no claims.
    """
    names = name_windows(days, starts, gap_days, immature_from)
    for name in SPLITS:
        if not (names == name).any():
            windows = ", ".join(str(DAY_ZERO + dt.timedelta(days=day)) for day in starts)
            raise DataError(
                "windows", f"no claims in {name} (windows start at {windows})", "Mend split in params.yaml."
            )
    return names


def name_windows(
    days: Numbers, starts: list[float], gap_days: int, immature_from: float = np.inf
) -> NDArray[np.str_]:
    """Name the window in which each day lies: str [n].

    Parameters
    ----------
    days
        float64 [n], event times in days since 1970-01-01.
    starts
        First day of validation, calibration and test.
    gap_days
        The last days before each of them are ``gap``.
    immature_from
        From this day on, a day of test is ``immature``.
    """
    index = np.searchsorted(np.asarray(starts), days, side="right")
    next_start = np.append(starts, np.inf)[index]
    names = np.where(days >= next_start - gap_days, GAP, np.array(SPLITS)[index])
    return np.where((names == SPLITS[-1]) & (days >= immature_from), IMMATURE, names)


def check_outcomes(names: NDArray[np.str_], approved: NDArray[np.bool_]) -> None:
    """Refuse splits that nothing can be learned from or measured on.

    Raises
    ------
    DataError
        Where a split has approved claims alone, or rejected ones.
    """
    for name in SPLITS:
        share = approved[names == name].mean()
        if share in (0.0, 1.0):
            problem = f"every claim in {name} is {'approved' if share else 'rejected'}"
            remedy = "Mend outcome.approved and outcome.rejected in the contract, or split in params.yaml."
            raise DataError("outcomes", problem, remedy)


def check_anomalies(labels: dict[str, Anomalies]) -> None:
    """Refuse splits with which the anomaly head could not be fitted: all but test need both labels.

    Raises
    ------
    DataError
        Where a split has no finding, or no clean claim.
    """
    for name in SPLITS[:-1]:
        findings, clean = (int((labels[name] == value).sum()) for value in (1, 0))
        if not findings or not clean:
            remedy = "Read more claims, mend outcome.anomaly in the contract, or take it out."
            raise DataError("audits", f"{name} has {findings} findings and {clean} clean claims", remedy)
