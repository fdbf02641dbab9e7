"""How far one column's values lie apart in two datasets: 0 the same, 1 nothing in common."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import jensenshannon
from scipy.stats import ks_2samp

from claims.data.batch import ITEM, Categories, ColumnData, Numbers


@dataclass(frozen=True)
class Drift:
    """How far the values of one column lie apart.

    Attributes
    ----------
    measure
        ``KS``: the Kolmogorov–Smirnov statistic of numbers, the largest difference of the two distribution
        functions. ``JS``: the Jensen–Shannon distance of categories, in base 2 (Lin 1991,
        doi:10.1109/18.61115; the root is a metric: Endres and Schindelin 2003, doi:10.1109/TIT.2003.813506).
    size
        None where a side has no known value.
    chance
        What two independent draws of these sizes from one distribution come to on average.
    missing
        Share of missing values, before and after.
    """

    measure: str
    size: float | None
    chance: float | None
    missing: tuple[float, float]


def drift_between(before: ColumnData, after: ColumnData, *, of_items: bool = False) -> Drift:
    """Compare a column in two datasets.

    Parameters
    ----------
    of_items
        Texts are lists, whose items are compared.
    """
    if isinstance(before, Categories) and isinstance(after, Categories):
        missing = (_share(before.codes < 0), _share(after.codes < 0))
        counts = _counted(before, of_items=of_items), _counted(after, of_items=of_items)
        return Drift("JS", *_distance(*counts), missing)
    if isinstance(before, Categories) or isinstance(after, Categories):
        raise TypeError("a column of texts and one of numbers")
    missing = (_share(np.isnan(before)), _share(np.isnan(after)))
    return Drift("KS", *_statistic(before[~np.isnan(before)], after[~np.isnan(after)]), missing)


def _share(mask: np.ndarray) -> float:
    return float(mask.mean()) if len(mask) else 0.0


def _statistic(before: Numbers, after: Numbers) -> tuple[float | None, float | None]:
    """Return statistic and chance; the mean of Kolmogorov's distribution is √(π/2)·ln 2 = 0.8687."""
    if not len(before) or not len(after):
        return None, None
    statistic = ks_2samp(before, after, method="asymp").statistic
    return float(statistic), float(min(1.0, 0.8687 * np.sqrt(1 / len(before) + 1 / len(after))))


def _counted(texts: Categories, *, of_items: bool) -> dict[str, int]:
    """Count how often each value occurs; each item of a list counts."""
    counts = np.bincount(texts.codes[texts.codes >= 0], minlength=len(texts.levels))
    occurrences: dict[str, int] = {}
    for level, count in zip(texts.levels, counts.tolist(), strict=True):
        for value in level.split(ITEM) if of_items else [level]:
            if count:
                occurrences[value] = occurrences.get(value, 0) + count
    return occurrences


def _distance(before: dict[str, int], after: dict[str, int]) -> tuple[float | None, float | None]:
    """Return distance and chance, by which k values diverge by (k − 1)(1/n + 1/m) / 8 nats: χ²."""
    n, m = sum(before.values()), sum(after.values())
    if not n or not m:
        return None, None
    values = before.keys() | after.keys()
    shares = np.array([(before.get(value, 0) / n, after.get(value, 0) / m) for value in sorted(values)])
    distance = jensenshannon(shares[:, 0], shares[:, 1], base=2)
    expected = (len(values) - 1) * (1 / n + 1 / m) / 8 / np.log(2)
    return float(np.nan_to_num(distance)), float(min(1.0, np.sqrt(expected)))  # rounding may give √−0
