"""Datasets, and the drift between two of them, as rows of a table: cells by heading."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from claims.history.datasets import Dataset, as_listed, current_tree
from claims.reporting.markdown import count, share

if TYPE_CHECKING:  # a list need not wait for SciPy
    from claims.evaluation.drift import Drift
    from claims.history.difference import Difference
    from claims.repository.git import Git

_RECORDED = ("claims", "decided", "first day", "last day", "approved", "checksum")


def rows_of_datasets(datasets: Sequence[Dataset], current: str | None) -> list[dict[str, str]]:
    """Describe datasets; ``current`` is the hash of the one that ``dvc.lock`` names now."""
    return [_row(dataset, current) for dataset in datasets]


def rows_of_sides(git: "Git", difference: "Difference") -> list[dict[str, str]]:
    """Describe the two datasets of a difference, under the names that a list of datasets gives them."""
    sides = [as_listed(git, dataset) for dataset in (difference.before, difference.after)]
    return rows_of_datasets(sides, current_tree(git))


def _row(dataset: Dataset, current: str | None) -> dict[str, str]:
    here = ["in the workspace"] if dataset.tree == current else []
    named = {"dataset": dataset.name, "date": dataset.date, "contract": dataset.contract}
    return named | _recorded(dataset) | {"notes": ", ".join([*dataset.tags, *here])}


def _recorded(dataset: Dataset) -> dict[str, str]:
    recorded = dataset.recorded
    if recorded is None:
        return dict.fromkeys(_RECORDED, "?")
    return {
        "claims": count(recorded.in_window),
        "decided": count(recorded.decided),
        "first day": str(recorded.first_event),
        "last day": str(recorded.last_event),
        "approved": "" if recorded.label_rate is None else f"{recorded.label_rate:.2%}",
        "checksum": recorded.checksum[:12],
    }


def rows_of_drifts(difference: "Difference") -> list[dict[str, str]]:
    """Describe the drift of each column that both datasets have."""
    return [{"column": name} | _drift(drift) for name, drift in difference.drifts.items()]


def _drift(drift: "Drift") -> dict[str, str]:
    size, chance = ("" if value is None else f"{value:.3f}" for value in (drift.size, drift.chance))
    before, after = map(share, drift.missing)
    return {
        "measure": drift.measure,
        "drift": size,
        "by chance": chance,
        "missing before": before,
        "missing after": after,
    }


def columns_apart(difference: "Difference") -> Iterator[str]:
    """Name the columns that are not compared, a line for each reason."""
    reasons = (
        ("only before", difference.gone),
        ("only after", difference.new),
        ("of another type now", difference.retyped),
    )
    for reason, names in reasons:
        if names:
            yield f"{reason}: {', '.join(names)}"
