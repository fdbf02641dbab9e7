"""The versions of the dataset: what `dvc.lock` and extraction's metrics say at each commit."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from claims.base.errors import HistoryError, ResultsError
from claims.repository.git import Git
from claims.results.extract import ExtractedClaims
from claims.results.files import parse_metrics

RAW, METRICS, LOCK, STAGE = "data/raw", "metrics/extract.json", "dvc.lock", "extract"
WORKSPACE = "workspace"
_IN_FULL = ("--full-history", "--reverse", "--date-order")  # also of branches whose merge left nothing
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast where PyYAML has it


@dataclass(frozen=True)
class Dataset:
    """A version of data/raw.

    Attributes
    ----------
    revision
        The first commit that has it, in full, or ``workspace``.
    date
        Of that commit; empty for the workspace.
    contract
        Name of the contract that it was extracted by.
    tree
        DVC's hash of the folder.
    outputs
        Paths of everything that the pipelines of commits with this dataset made, by DVC's hash.
    recorded
        None where the commit does not hold the metrics that belong to the data.
    tags
        Git's tags of commits with this dataset.
    """

    revision: str
    date: str
    contract: str
    tree: str
    outputs: dict[str, str]
    recorded: ExtractedClaims | None
    tags: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The name that people see."""
        return self.revision if self.revision == WORKSPACE else self.revision[:7]


def _read_lock(lock: bytes, metrics: bytes | None, revision: str, date: str) -> Dataset | None:
    """Return the dataset that a lock names; None where nothing was extracted yet."""
    try:
        stages: dict[str, Any] = yaml.load(lock, Loader=_Loader)["stages"]  # noqa: S506 - a SafeLoader
        stage = stages[STAGE]
        made = {out["path"]: out["md5"] for out in stage["outs"]}
        contracts = [dep["path"] for dep in stage["deps"] if dep["path"].endswith(".yaml")]
        outputs = {out["md5"]: out["path"] for run in stages.values() for out in run.get("outs", ())}
        tree = made[RAW]
    except (yaml.YAMLError, KeyError, TypeError):  # another pipeline's lock
        return None
    return Dataset(
        revision=revision,
        date=date,
        contract=PurePosixPath(contracts[0]).stem if contracts else "",
        tree=tree,
        outputs=outputs,
        recorded=_belonging(metrics, made.get(METRICS)),
    )


def _belonging(metrics: bytes | None, expected: str | None) -> ExtractedClaims | None:
    """Return the metrics if they are those of the run that the lock records."""
    if metrics is None or hashlib.md5(metrics, usedforsecurity=False).hexdigest() != expected:
        return None
    try:
        return parse_metrics(ExtractedClaims, metrics, METRICS)
    except ResultsError:  # an early version of the pipeline
        return None


def _datasets_at(git: Git, commits: Sequence[tuple[str, str]]) -> Iterator[Dataset]:
    files = git.files([(commit, path) for commit, _ in commits for path in (LOCK, METRICS)])
    for (commit, date), lock, metrics in zip(commits, files[::2], files[1::2], strict=True):
        dataset = _read_lock(lock, metrics, commit, date) if lock is not None else None
        if dataset is not None:
            yield dataset


def list_datasets(git: Git, *, everywhere: bool = False) -> list[Dataset]:
    """List the versions of the dataset, the newest first, each named by the first commit that had it.

    Parameters
    ----------
    everywhere
        Of all branches, tags and experiments, not only of what led to the commit that is checked out; a
        version of both keeps the name that it has in the latter.
    """
    versions: dict[str, Dataset] = {}
    for dataset in _datasets_at(git, _commits(git, ["HEAD", "--all"] if everywhere else ["HEAD"])):
        earlier = versions.setdefault(dataset.tree, dataset)
        earlier.outputs.update(dataset.outputs)
        if earlier.recorded is None and dataset.recorded is not None:
            versions[dataset.tree] = replace(dataset, outputs=earlier.outputs)
    for tagged in _datasets_at(git, [(f"refs/tags/{tag}", "") for tag in git.lines("tag", "--list")]):
        if tagged.tree in versions:
            versions[tagged.tree].tags.append(tagged.revision.removeprefix("refs/tags/"))
    newest = [*reversed(versions.values())]
    return sorted(newest, key=lambda dataset: dataset.date, reverse=True) if everywhere else newest


def _commits(git: Git, scopes: Sequence[str]) -> list[tuple[str, str]]:
    """Name the commits that changed the lock, with their dates, the oldest of each scope first."""
    arguments = (*_IN_FULL, "--format=%H %cs", "--", f"./{LOCK}")
    lines = [line for scope in scopes for line in git.lines("log", scope, *arguments)]
    return [(line.split()[0], line.split()[1]) for line in dict.fromkeys(lines)]


def as_listed(git: Git, dataset: Dataset) -> Dataset:
    """Return a dataset under the name that a list gives it, or as it is where no commit has it."""
    listed = list_datasets(git, everywhere=True)
    return next((version for version in listed if version.tree == dataset.tree), dataset)


def dataset_at(git: Git, revision: str) -> Dataset:
    """Return the dataset of a revision of Git's, or of the workspace.

    Raises
    ------
    HistoryError
        There is no such revision, or nothing was extracted there.
    """
    if revision == WORKSPACE:
        lock, metrics = (_read_file(git.folder / name) for name in (LOCK, METRICS))
        dataset = _read_lock(lock, metrics, WORKSPACE, "") if lock is not None else None
    else:
        commit = git.commit(revision)
        date = git.lines("show", "--no-patch", "--format=%cs", commit)[0]
        dataset = next(_datasets_at(git, [(commit, date)]), None)
    if dataset is None:
        raise HistoryError(revision, f"no {RAW} in its {LOCK}", "Name a revision after a `dvc repro`.")
    return dataset


def current_tree(git: Git) -> str | None:
    """Return the hash of the dataset that ``dvc.lock`` names now, if any."""
    try:
        return dataset_at(git, WORKSPACE).tree
    except HistoryError:
        return None


def _read_file(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
