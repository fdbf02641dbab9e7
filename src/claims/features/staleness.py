"""What claims lose by tables of earlier claims that stand still."""

from typing import Any

import numpy as np

from claims.contract import Contract
from claims.data.batch import Batch, Ints, Numbers
from claims.features.extractor import FeatureExtractor
from claims.features.history import MonthlyTable
from claims.features.kinds.kind import Kind, LearnedKind
from claims.features.kinds.registry import kind_of
from claims.features.rows import TrainingRows, as_numbers


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
    rows = TrainingRows.of(contract, batch, extractor.derive(batch), outcome)
    return {
        name: _staleness(frozen, kind_of(extractor.features[name]), name, rows, later)
        for name, frozen in extractor.fitted.items()
        if isinstance(frozen, MonthlyTable)
    }


def _staleness(
    frozen: MonthlyTable, kind: Kind, name: str, rows: TrainingRows, later: Ints
) -> dict[str, Any]:
    assert isinstance(kind, LearnedKind)
    stale = rows.numbers(name)[later]
    fresh = as_numbers(kind.transform(kind.finish(kind.summarise(rows)), rows), name)[later]
    said = ~np.isnan(stale)
    unknown = ~frozen.knows(rows.cross(kind.feature.reads).take(later))
    return {
        "as_of": frozen.as_of_text,
        "categories": len(frozen.categories),
        "unknown_share": round(float(unknown.mean()), 6),
        "mean_difference": round(float(np.abs(stale - fresh)[said].mean()), 6) if said.any() else None,
        "spread": round(float(fresh[said].std()), 6) if said.any() else None,
    }
