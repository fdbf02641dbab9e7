"""Datasets as people read them: tables in Markdown."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from claims.history.datasets import Dataset
from claims.reporting.markdown import count, share, table

if TYPE_CHECKING:  # a list need not wait for SciPy
    from claims.evaluation.drift import Drift
    from claims.history.difference import Difference

_HEADINGS = (
    "dataset",
    "date",
    "contract",
    "claims",
    "decided",
    "first day",
    "last day",
    "approved",
    "checksum",
)


def describe_list(datasets: list[Dataset], current: str | None) -> list[str]:
    """Lines of a table; ``current`` is the hash of the dataset that dvc.lock names now."""
    rows = [[*_cells(dataset), _notes(dataset, current)] for dataset in datasets]
    return table((*_HEADINGS, ""), rows)


def _notes(dataset: Dataset, current: str | None) -> str:
    return ", ".join([*dataset.tags, *(["in the workspace"] if dataset.tree == current else [])])


def _cells(dataset: Dataset) -> list[str]:
    named, found = [dataset.name, dataset.date, dataset.contract], dataset.recorded
    if found is None:
        return [*named, *["?"] * 6]
    rate = "" if found.label_rate is None else f"{found.label_rate:.2%}"
    counts = [count(found.rows), count(found.decided), found.first_event, found.last_event]
    return [*named, *counts, rate, found.checksum[:12]]


def describe_difference(found: "Difference") -> Iterator[str]:
    """Lines of two tables: the datasets, and the columns."""
    yield from table(_HEADINGS, [_cells(found.before), _cells(found.after)])
    yield ""
    yield from table(
        ("column", "measure", "drift", "by chance", "missing before", "missing after"),
        [[name, *_drift_cells(drift)] for name, drift in found.drifts.items()],
    )
    apart = ((found.gone, "only before"), (found.new, "only after"), (found.retyped, "of another type now"))
    for names, what in apart:
        if names:
            yield f"\n{what}: {', '.join(names)}"


def _drift_cells(drift: "Drift") -> list[str]:
    sizes = ["" if size is None else f"{size:.3f}" for size in (drift.size, drift.chance)]
    return [drift.measure, *sizes, *map(share, drift.missing)]
