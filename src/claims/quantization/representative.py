"""The training claims that set an int8 graph's ranges: which they are, and what they stand for.

A range that no representative claim reaches is cut off in every claim that does. So the claims are chosen
for what they hold between them, and refused where they hold too little.
"""

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claims.base.errors import GateError
from claims.data.batch import Categories
from claims.features.extractor import ModelInputs
from claims.features.matrices import Labelled
from claims.results.represent import RepresentMetrics, SliceHeld

Rows = NDArray[np.int64]


def choose_representative(rows: Labelled, count: int, seed: int) -> Rows:
    """Choose a sample stratified over outcome, slices and rare categories.

    While there is room, every value of every slice is there with both of its outcomes. Half of what is left
    goes to categories that are still missing, the rarest first; the other rows are taken evenly from all
    rows in the order of outcome and slices, so in proportion.
    """
    order = np.random.default_rng(seed).permutation(len(rows))
    outcome = rows.outcome[order].astype(np.int64)
    values = [column.codes[order] for column in rows.slices.values()]
    both = [2 * codes + outcome for codes in values]
    strata: list[NDArray[Any]] = [outcome, *values, *both]  # values first: for both there may be no room
    firsts: list[int] = [row for s in strata for row in np.unique(s, return_index=True)[1].tolist()]
    chosen = np.array(list(dict.fromkeys(firsts))[:count], dtype=np.int64)
    room = min(count, len(rows)) - len(chosen)
    chosen = np.concatenate((chosen, _missing(rows.inputs.codes[order], chosen, room // 2)))
    ranked = np.lexsort(np.stack([*reversed(values), outcome]))
    others = ranked[~np.isin(ranked, chosen)]
    evenly = np.linspace(0, len(others) - 1, min(count, len(rows)) - len(chosen)).astype(np.int64)
    return np.sort(order[np.concatenate((chosen, others[evenly]))])


def _missing(codes: NDArray[np.int32], chosen: Rows, room: int) -> Rows:
    """Choose up to ``room`` further rows, each with the rarest code that none before it has."""
    values, first, counts = np.unique(codes, return_index=True, return_counts=True)
    missing = ~np.isin(values, codes[chosen])
    more: list[int] = []
    for place in np.argsort(counts, kind="stable"):
        if len(more) < room and missing[place]:
            more.append(int(first[place] // codes.shape[1]))
            missing &= ~np.isin(values, codes[more[-1]])
    return np.array(more, dtype=np.int64)


def measure_coverage(sample: Labelled, rows: Labelled) -> RepresentMetrics:
    """Measure what a sample of the training claims holds of them.

    Parameters
    ----------
    sample, rows
        The representative claims, and all training claims; a number's range is from the least to the
        largest of all of them.
    """
    reached = [_reached(sample.inputs.numbers[:, i], rows.inputs.numbers[:, i]) for i in range(_width(rows))]
    slices = {name: _values(sample.slices[name], column) for name, column in rows.slices.items()}
    known = np.unique(rows.inputs.codes)
    return RepresentMetrics(
        rows=len(sample),
        distinct_rows=_distinct(sample.inputs),
        sha256=_checksum(sample.inputs),
        approved_share=float(sample.outcome.mean()),
        slices=slices,
        codes=float(np.isin(known, sample.inputs.codes).mean()),
        ranges=float(np.mean(reached)) if reached else None,
    )


def check_coverage(coverage: RepresentMetrics) -> None:
    """Refuse claims that cannot set ranges for all others.

    Raises
    ------
    GateError
        Where one row stands for many, or a value of a slice is not there.
    """
    remedy = "Raise quantize.num_calibration_samples, or run `dvc repro represent`."
    if 2 * coverage.distinct_rows < coverage.rows:
        problem = f"{coverage.distinct_rows} distinct of {coverage.rows} representative claims"
        raise GateError("representative", problem, remedy)
    for name, held in coverage.slices.items():
        if held.missing:
            raise GateError("representative", f"no claim of {name} {', '.join(held.missing[:3])}", remedy)


def check_scaled(inputs: ModelInputs, names: list[str]) -> None:
    """Refuse numbers outside [−1, 1]: int8 gives all one range, and a column of dollars would take it.

    Raises
    ------
    GateError
        Names the columns.
    """
    largest = np.abs(inputs.numbers).max(axis=0, initial=0.0)
    if wide := [f"{names[i]} reaches {largest[i]:g}" for i in np.flatnonzero(~(largest <= 1))]:
        raise GateError("numbers", ", ".join(wide[:3]), "Scale them to [-1, 1] in the feature path.")


def _width(rows: Labelled) -> int:
    return rows.inputs.numbers.shape[1]


def _reached(sample: NDArray[np.float32], column: NDArray[np.float32]) -> float:
    """Return the share of a column's range that a sample reaches; all of it where there is one value."""
    whole = float(column.max() - column.min())
    return float(sample.max() - sample.min()) / whole if whole else 1.0


def _values(sample: Categories, column: Categories) -> SliceHeld:
    """Count the values of a slice, and tell which are missing from the sample."""
    there, all_values = ({text or "(missing)" for text in set(part.texts())} for part in (sample, column))
    return SliceHeld(values=len(all_values), missing=sorted(all_values - there))


def _distinct(inputs: ModelInputs) -> int:
    return len(np.unique(np.hstack([inputs.codes.astype(np.float64), inputs.numbers]), axis=0))


def _checksum(inputs: ModelInputs) -> str:
    return hashlib.sha256(inputs.codes.tobytes() + inputs.numbers.tobytes()).hexdigest()
