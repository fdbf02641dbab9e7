"""Fitting the tables of earlier claims, and measuring what their standing still costs."""

from dataclasses import dataclass
from functools import singledispatch
from typing import Any

import numpy as np

from claims.columns.batch import Batch, Categories, Ints, Numbers, months_of
from claims.contract import Contract
from claims.contract import features as kinds
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
def fit_history(feature: kinds.Feature, values: Values, past: Past) -> Any:  # noqa: ARG001
    """The table of one feature, up to the month of the last claim.

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
    month = months_of(came)
    first, last = int(month.min()), int(month.max())
    columns, _ = _tally(categories, month - first, last - first + 1)
    return VolumeTable(months=months, first=first, as_of=last, **columns)


def fit_rate(categories: Categories, past: Past, months: int, smoothing: float) -> RateTable:
    """Count outcomes by category and the month in which they became known, up to that of the last claim."""
    month, known = months_of(past.came), months_of(past.known)
    first, last = int(month.min()), int(month.max())
    told = np.flatnonzero(~np.isnan(past.known) & (known <= last))
    columns, entry = _tally(categories.take(told), known[told] - first, last - first + 1)
    approved = np.bincount(entry, weights=past.approved[told], minlength=len(columns["counts"]))
    return RateTable(
        months=months,
        first=first,
        as_of=last,
        smoothing=smoothing,
        approved=tuple(approved.astype(np.int64).tolist()),
        **columns,
    )


def _tally(categories: Categories, offsets: Ints, span: int) -> tuple[dict[str, Any], Ints]:
    """Columns of a `MonthlyTable`, and the entry in which each claim was counted: int64 [n]."""
    order = np.argsort(np.array(categories.levels, dtype=object))
    keys, entry, counts = np.unique(
        np.argsort(order)[categories.codes] * span + offsets, return_inverse=True, return_counts=True
    )
    present, sizes = np.unique(keys // span, return_counts=True)
    columns = {
        "categories": tuple(categories.levels[level] for level in order[present]),
        "sizes": tuple(sizes.tolist()),
        "offsets": tuple((keys % span).tolist()),
        "counts": tuple(counts.tolist()),
    }
    return columns, entry


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
    category it does not know, and the mean absolute difference between what it says of them and what a
    table refreshed up to each row's own month would say, beside the standard deviation of the latter.
    """
    tables = {n: table for n, table in extractor.fitted.items() if isinstance(table, MonthlyTable)}
    if not tables:
        return {}
    values = extractor.derive(batch)
    past = Past.of(contract, values, outcome)
    found = {}
    for name, frozen in tables.items():
        feature = extractor.features[name]
        assert isinstance(feature, kinds.Prior)
        joint, came = _joint(feature, values).take(later), past.came[later]
        refreshed = fit_history(feature, values, past).values(joint, came)
        found[name] = {
            "as_of": frozen.as_of_text,
            "categories": len(frozen.categories),
            "unknown_share": round(float(1 - frozen.knows(joint).mean()), 6),
            "mean_difference": round(float(np.abs(frozen.values(joint, came) - refreshed).mean()), 6),
            "spread": round(float(refreshed.std()), 6),
        }
    return found
