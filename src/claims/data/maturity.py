"""Label maturity: how long after their event claims are trusted to be decided, and how many are.

The first outcomes of a month are the quick ones, and those are no fair sample of its outcomes. So a month
counts once each of its days lies far enough before the day up to which outcomes were looked for.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from claims.data.batch import DAY_ZERO, Numbers, months_of
from claims.data.windows import GAP, IMMATURE, SPLITS, assign, name_windows
from claims.results.maturity import ClaimCounts, MaturityMetrics, MonthCounts, State


@dataclass(frozen=True)
class Maturity:
    """When outcomes are mature.

    Attributes
    ----------
    as_of
        The day up to which outcomes were looked for.
    after_days
        Days after its event from which a claim's outcome is trusted to be there; None: not known.
    """

    as_of: dt.date
    after_days: int | None

    @property
    def immature_from(self) -> float:
        """First day of the first month that is not mature, in days since 1970-01-01; inf where unknown."""
        if self.after_days is None:
            return np.inf
        first = self.as_of - dt.timedelta(days=self.after_days - 1)
        return float((first.replace(day=1) - DAY_ZERO).days)

    def state(self, test_from: float) -> State:
        """What test metrics are stated at: mature months; all, as none is mature; all, as it is unknown."""
        if self.after_days is None:
            return "unknown"
        return "mature" if test_from < self.immature_from else "immature"

    def split(self, days: Numbers, starts: list[float], gap_days: int) -> NDArray[np.str_]:
        """The split of each claim, immature months of the test window set apart where others are mature.

        Raises
        ------
        DataError
            Where a split has no claims.
        """
        return assign(days, starts, gap_days, self._set_apart_from(starts))

    def windows(self, days: Numbers, starts: list[float], gap_days: int) -> NDArray[np.str_]:
        """As `split`, for any claims: a window may have none."""
        return name_windows(days, starts, gap_days, self._set_apart_from(starts))

    def _set_apart_from(self, starts: list[float]) -> float:
        return self.immature_from if self.state(starts[-1]) == "mature" else np.inf


def describe(
    maturity: Maturity, received: Mapping[str, Numbers], starts: list[float], gap_days: int
) -> MaturityMetrics:
    """Count claims received and decided, by split and by month of the test window.

    Parameters
    ----------
    maturity
        When outcomes are mature.
    received
        Event times, float64 [n], of the claims that were extracted as ``decided``, ``undecided`` and
        ``model_decided``, and of the ``valid`` ones among the decided.
    starts
        First day of validation, calibration and test.
    gap_days
        Left out before each.
    """
    windows = {name: maturity.windows(days, starts, gap_days) for name, days in received.items()}
    testing = {name: days[days >= starts[-1]] for name, days in received.items()}
    months = {name: months_of(days) for name, days in testing.items()}
    splits = {
        split: _count({name: int((names == split).sum()) for name, names in windows.items()})
        for split in (*SPLITS, IMMATURE, GAP)
    }
    known = maturity.after_days is not None
    return MaturityMetrics(
        as_of=maturity.as_of,
        mature_after_days=maturity.after_days,
        immature_from=_date(maturity.immature_from) if known else None,
        test=maturity.state(starts[-1]),
        splits={split: counts for split, counts in splits.items() if counts.received},
        months={
            _month_text(month): MonthCounts(
                **dict(_count({name: int((of == month).sum()) for name, of in months.items()})),
                mature=_first_day(month) < maturity.immature_from if known else None,
            )
            for month in np.unique(np.concatenate(list(months.values()))).tolist()
        },
    )


def _count(claims: Mapping[str, int]) -> ClaimCounts:
    """Make counts that add up out of those of `describe`."""
    received = claims["decided"] + claims["undecided"] + claims["model_decided"]
    return ClaimCounts(
        received=received,
        undecided=claims["undecided"],
        decided_by_model_alone=claims["model_decided"],
        quarantined=claims["decided"] - claims["valid"],
        measured=claims["valid"],
        decided_share=1 - claims["undecided"] / received if received else None,
    )


def month_names(days: Numbers) -> NDArray[np.str_]:
    """Month of each day, such as 2026-01: str [n]."""
    months, inverse = np.unique(months_of(days), return_inverse=True)
    return np.array([_month_text(month) for month in months.tolist()], dtype=str)[inverse]


def _month_text(month: int) -> str:
    """A month since 1970-01, as 2026-01."""
    return f"{1970 + month // 12}-{month % 12 + 1:02d}"


def _first_day(month: int) -> float:
    return float((dt.date(1970 + month // 12, month % 12 + 1, 1) - DAY_ZERO).days)


def _date(days: float) -> dt.date:
    return DAY_ZERO + dt.timedelta(days=days)
