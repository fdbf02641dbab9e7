"""What claims lose by tables of earlier claims that stand still."""

import numpy as np

from claims.contract import Contract
from claims.data.batch import Batch, Ints, Numbers
from claims.features.extractor import FeatureExtractor
from claims.features.history import MonthlyTable
from claims.features.kinds.kind import Kind, LearnedKind
from claims.features.kinds.registry import kind_of
from claims.features.rows import TrainingRows, as_numbers
from claims.results.featurize import Staleness


def measure_staleness(
    contract: Contract, extractor: FeatureExtractor, batch: Batch, outcome: Numbers, later: Ints
) -> dict[str, Staleness]:
    """Measure what claims after the as-of month lose by a table that stands still.

    Parameters
    ----------
    batch, outcome
        All n decided claims, of every split, and float64 [n], 1 approved and 0 rejected.
    later
        Rows of the claims to look at, such as those of the test split.

    Returns
    -------
    By feature from earlier claims.
    """
    rows = TrainingRows.of(contract, batch, extractor.derive(batch), outcome)
    return {
        name: _staleness(frozen, kind_of(extractor.features[name]), name, rows, later)
        for name, frozen in extractor.fitted.items()
        if isinstance(frozen, MonthlyTable)
    }


def _staleness(frozen: MonthlyTable, kind: Kind, name: str, rows: TrainingRows, later: Ints) -> Staleness:
    assert isinstance(kind, LearnedKind)
    stale = rows.numbers(name)[later]
    fresh = as_numbers(kind.transform(kind.finish(kind.summarise(rows)), rows), name)[later]
    said = ~np.isnan(stale)
    unknown = ~frozen.knows(rows.cross(kind.feature.reads).take(later))
    return Staleness(
        as_of=frozen.as_of_text,
        categories=len(frozen.categories),
        unknown_share=float(unknown.mean()),
        mean_difference=float(np.abs(stale - fresh)[said].mean()) if said.any() else None,
        spread=float(fresh[said].std()) if said.any() else None,
    )
