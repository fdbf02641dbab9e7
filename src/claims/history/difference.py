"""Two datasets compared: their rows, windows, checksums and labels, and the drift of each column."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from claims.base.errors import HistoryError
from claims.contract import Column, Contract
from claims.data.batch import ColumnData
from claims.data.storage import from_arrow
from claims.evaluation.drift import Drift, drift_between
from claims.history.contracts import read_contract
from claims.history.datasets import WORKSPACE, Dataset, dataset_at
from claims.history.stored import LINES, Cache, Files, check_workspace, files_of, read_column, reading
from claims.repository.git import Git

Columns = dict[str, Column]


@dataclass(frozen=True)
class Difference:
    """The difference of two datasets.

    Attributes
    ----------
    drifts
        By column, ``lines.NAME`` for a column of the service lines; those furthest beyond chance first.
    gone, new
        Columns that one of the two datasets lacks.
    retyped
        Columns to which the two contracts give different types; they are not compared.
    """

    before: Dataset
    after: Dataset
    drifts: dict[str, Drift]
    gone: list[str]
    new: list[str]
    retyped: list[str]


def contract_of(git: Git, dataset: Dataset) -> Contract:
    """Return the contract as it was when the dataset was extracted."""
    path = f"contracts/{dataset.contract}.yaml"
    if dataset.revision == WORKSPACE:
        return read_contract(str(git.folder / path))
    return read_contract(f"{dataset.revision}:{path}", git)


def compare(git: Git, before: str, after: str) -> Difference:
    """Compare the datasets of two revisions, or of one and the workspace.

    Raises
    ------
    HistoryError
        A revision, a dataset or a file of it is missing, the workspace is not what its ``dvc.lock`` says,
        or the claims are of two contracts.
    DataError
        A file cannot be read.
    """
    sides = [dataset_at(git, revision) for revision in (before, after)]
    names = {dataset.contract for dataset in sides}
    if len(names) > 1:
        contracts = f"claims of the contracts {' and '.join(sorted(names))}"
        raise HistoryError(f"{before}, {after}", contracts, "Compare datasets of one contract.")
    cache = Cache.of(git.folder)
    files = [files_of(dataset, git.folder, cache) for dataset in sides]
    for dataset in sides:
        check_workspace(dataset, git.folder, cache)
    types = [_columns_of(contract_of(git, dataset)) for dataset in sides]
    with reading():
        return _difference(sides, types, files)


def _difference(sides: list[Dataset], types: list[Columns], files: list[Files]) -> Difference:
    names_before, names_after = (_names(side) for side in files)
    gone, new = sorted(names_before - names_after), sorted(names_after - names_before)
    before, after = types
    both = [name for name in after if name in before and name in names_before & names_after]
    retyped = [name for name in both if before[name].type != after[name].type]
    alike = [name for name in both if name not in retyped and after[name].type != "identifier"]
    drifts = {name: _drift(name, after[name], *files) for name in alike}
    order = sorted(drifts, key=lambda name: -_beyond(drifts[name]))
    return Difference(sides[0], sides[1], {name: drifts[name] for name in order}, gone, new, retyped)


def _beyond(drift: Drift) -> float:
    return max((drift.size or 0.0) - (drift.chance or 0.0), abs(drift.missing[1] - drift.missing[0]))


def _columns_of(contract: Contract) -> Columns:
    lines = {f"lines.{name}": column for name, column in contract.kept_lines.items()}
    return contract.kept | lines


def _names(files: Mapping[str, Path]) -> set[str]:
    """Name the columns of the stored claims and lines, but those that extraction added (``_…``)."""
    claims = pq.read_schema(files["claims.parquet"]).names
    lines = pq.read_schema(files[LINES]).names if LINES in files else []
    names = {*claims, *(f"lines.{name}" for name in lines)}
    return {name for name in names if not name.removeprefix("lines.").startswith("_")}


def _drift(name: str, column: Column, before: Files, after: Files) -> Drift:
    """Compare one column, and read no other meanwhile."""
    return drift_between(
        _values(name, column, before), _values(name, column, after), of_items=column.type == "list"
    )


def _values(name: str, column: Column, files: Files) -> ColumnData:
    bare = name.removeprefix("lines.")
    stored = read_column(files, name) if bare == name else pq.read_table(files[LINES], columns=[bare])[bare]
    return from_arrow({bare: column}, pa.table({bare: stored})).columns[bare]
