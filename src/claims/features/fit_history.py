"""Fitting the tables of earlier claims, and measuring what their standing still costs."""

from dataclasses import dataclass
from functools import singledispatch
from typing import Any

import numpy as np

from claims.contract import Contract
from claims.contract import features as kinds
from claims.contract.feature import Feature
from claims.data.batch import Batch, Categories, Ints, Numbers, months_of
from claims.features.derive import Values, category, cross, number
from claims.features.extractor import FeatureExtractor
from claims.features.history import MonthlyTable, RateTable, VolumeTable


@dataclass(frozen=True)
class Past:
    """n decided claims.

    Attributes
    ----------
    came, known
        float64 [n], days since 1970-01-01 on which the claim was received and its outcome became known; NaN
        where nobody says, and such an outcome counts nowhere.
    approved
        float64 [n], 1 approved and 0 rejected.
    """

    came: Numbers
    known: Numbers
    approved: Numbers

    @classmethod
    def of(cls, contract: Contract, values: Values, outcome: Numbers) -> "Past":
        """What the contract says of claims and outcomes."""
        came, said = number(values, contract.claims.event_time), contract.outcome
        wait = np.nan if said.mature_after_days is None else said.mature_after_days
        known = number(values, said.known_at) if said.known_at else came + wait
        return cls(came, np.maximum(came, known), outcome)  # no outcome is known before its claim


@singledispatch
def fit_history(feature: Feature, values: Values, past: Past) -> Any:  # noqa: ARG001
    """The table of one feature, up to the last month that the claims fill.

    Parameters
    ----------
    feature
        Its declaration in the contract.
    values
        Columns of the n claims and the features before this one.
    past
        The same claims.
    """
    raise TypeError(f"{feature.__class__.__name__} does not look back")


@fit_history.register
def _(feature: kinds.PriorCount, values: Values, past: Past) -> VolumeTable:
    return fit_volume(_joint(feature, values), past.came, feature.months)


@fit_history.register
def _(feature: kinds.PriorRate, values: Values, past: Past) -> RateTable:
    return fit_rate(_joint(feature, values), past, feature.months, feature.smoothing)


def _joint(feature: kinds.Prior, values: Values) -> Categories:
    return cross([category(values, name) for name in feature.of])


def fit_volume(categories: Categories, came: Numbers, months: int) -> VolumeTable:
    """Count claims by category and the month in which they came."""
    columns, _, _ = _tally(categories, came, came)
    return VolumeTable(months=months, **columns)


def fit_rate(categories: Categories, past: Past, months: int, smoothing: float) -> RateTable:
    """Count outcomes by category and the month in which they became known."""
    columns, rows, entries = _tally(categories, past.known, past.came)
    approved = np.bincount(entries, weights=past.approved[rows], minlength=len(columns["counts"]))
    approvals = tuple(approved.astype(np.int64).tolist())
    return RateTable(months=months, smoothing=smoothing, approved=approvals, **columns)


def _tally(categories: Categories, days: Numbers, came: Numbers) -> tuple[dict[str, Any], Ints, Ints]:
    """Count by category and month of ``days``, over the months that claims which came on ``came`` fill.

    Returns
    -------
    Fields of a `MonthlyTable`; the rows that were counted, and the entry in which each was: int64 [m] both.
    """
    first, as_of = int(months_of(came).min()), int(months_of(came + 1).max()) - 1  # no month that is cut off
    months, span = months_of(days), as_of - first + 1
    rows = np.flatnonzero(~np.isnan(days) & (months <= as_of))
    order = np.argsort(np.array(categories.levels, dtype=object))
    keys, entries, counts = np.unique(
        np.argsort(order)[categories.codes[rows]] * span + months[rows] - first,
        return_inverse=True,
        return_counts=True,
    )
    present, sizes = np.unique(keys // max(span, 1), return_counts=True)
    columns = {
        "first": first,
        "as_of": as_of,
        "categories": tuple(categories.levels[level] for level in order[present]),
        "sizes": tuple(sizes.tolist()),
        "offsets": tuple((keys % max(span, 1)).tolist()),
        "counts": tuple(counts.tolist()),
    }
    return columns, rows, entries


def measure_staleness(
    contract: Contract, extractor: FeatureExtractor, batch: Batch, outcome: Numbers, later: Ints
) -> dict[str, dict[str, Any]]:
    """What claims after the as-of month lose by a table that stands still.

    Parameters
    ----------
    batch, outcome
        All n decided claims, of every split, and float64 [n], 1 approved and 0 rejected.
    later
        Rows of the claims to look at, such as those of the test split.

    Returns
    -------
    For each feature from earlier claims: its as-of month, its categories, the share of the rows whose
    category it does not know, and, over the rows of which it says something, the mean absolute difference
    to a table refreshed up to each row's own month, beside the standard deviation of the latter.
    """
    values = extractor.derive(batch)
    past = Past.of(contract, values, outcome)
    return {
        name: _staleness(table, feature, values, past, later)
        for name, feature in extractor.features.items()
        if isinstance(feature, kinds.Prior) and isinstance(table := extractor.fitted[name], MonthlyTable)
    }


def _staleness(
    frozen: MonthlyTable, feature: kinds.Prior, values: Values, past: Past, rows: Ints
) -> dict[str, Any]:
    joint, came = _joint(feature, values).take(rows), past.came[rows]
    stale, fresh = (table.values(joint, came) for table in (frozen, fit_history(feature, values, past)))
    said = ~np.isnan(stale)
    return {
        "as_of": frozen.as_of_text,
        "categories": len(frozen.categories),
        "unknown_share": round(float(1 - frozen.knows(joint).mean()), 6),
        "mean_difference": round(float(np.abs(stale - fresh)[said].mean()), 6) if said.any() else None,
        "spread": round(float(fresh[said].std()), 6) if said.any() else None,
    }
