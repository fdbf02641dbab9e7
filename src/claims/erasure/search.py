"""Where a subject's rows lie: datasets of the whole history, DVC's cache, the workspace, released models."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from claims.base.lfs import is_pointer_file
from claims.contract import Contract
from claims.erasure.mentions import DAMAGE, mentions
from claims.erasure.rows import Held, find_rows
from claims.history.datasets import Dataset, current_tree, list_datasets
from claims.history.stored import ABSENT, PARTS, Cache, fetching
from claims.registry.registry import Registry
from claims.repository.git import Git
from claims.sources.tombstones import Tombstone

_SEARCHED = ("data", "models", "metrics", "dvclive", "wandb", ".dvc/tmp/exps")  # of the workspace
_TABLES = [f"{name}.parquet" for name in (*PARTS, "undated")]  # of which a subject's claims are in


@dataclass(frozen=True)
class Searched:
    """Dataset of the history, with the subject's claims in it.

    Attributes
    ----------
    rows
        Claims of the subject; None where that cannot be known.
    why
        Why not.
    """

    dataset: Dataset
    rows: int | None
    why: str = ""


@dataclass(frozen=True)
class Release:
    """Released model, with what it has to do with the subject.

    Attributes
    ----------
    holds
        Whether its data holds the subject; None where it is none of the datasets that could be searched.
    names
        Whether the model file itself names the subject, in its encoder; None where there is a pointer of
        Git LFS in its place, or it is damaged.
    """

    number: int
    holds: bool | None
    names: bool | None


@dataclass(frozen=True)
class Findings:
    """Places where rows of the subject lie.

    Attributes
    ----------
    cached
        Objects of DVC's cache that hold rows or name the subject, with the path under which a commit knows
        each; empty where none does.
    derived
        Models, among them encoders' tables, that commits made from datasets that hold rows.
    workspace
        Files in the workspace, relative to its root; released models are not among them.
    lfs
        Objects of Git LFS that name the subject.
    damaged
        Files that could not be searched.
    current
        Whether the dataset that dvc.lock names now holds rows.
    """

    datasets: list[Searched]
    cached: dict[Path, str]
    derived: list[str]
    workspace: list[Path]
    releases: list[Release]
    lfs: list[Path]
    damaged: list[Path]
    current: bool

    @property
    def nowhere(self) -> bool:
        """Whether everything could be searched, and nothing was found."""
        files = self.cached or self.workspace or self.lfs or self.damaged
        models = any(release.names is not False for release in self.releases)
        return not (files or models or any(result.rows != 0 for result in self.datasets))


def search(git: Git, contract: Contract, stone: Tombstone) -> Findings:
    """Find a subject by its pseudonym; nothing is changed.

    Raises
    ------
    HistoryError
        There is no repository of git's or DVC's.
    """
    cache, root = Cache.of(git.folder), git.folder
    datasets, current = list_datasets(git, everywhere=True), current_tree(git)
    held = find_rows(contract, stone, cache.files())
    here = find_rows(contract, stone, _files_of(root))
    stored = find_rows(contract, stone, _lfs_objects(git))
    searched = [_look_into(dataset, stone, cache, held) for dataset in datasets]
    names = _names(datasets, cache)
    return Findings(
        datasets=searched,
        cached={path: names.get(path, "") for path in held.files},
        derived=_derived(searched),
        workspace=[path.relative_to(root) for path in here.files],
        releases=_releases(Registry(root), stone, searched),
        lfs=stored.files,
        damaged=sorted(held.damaged | here.damaged | stored.damaged),
        current=any(result.rows for result in searched if result.dataset.tree == current),
    )


def _files_of(root: Path) -> Iterator[Path]:
    """Yield what the pipeline, experiments and trackers leave in the workspace."""
    released = {Registry(root).model_path(0).parent, Registry(root).saved_model_path(0).parent}
    for folder in _SEARCHED:
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and not released.intersection(path.parents):
                yield path


def _lfs_objects(git: Git) -> Iterator[Path]:
    """Return the objects of Git LFS in this clone, of all branches."""
    common = git.text("rev-parse", "--git-common-dir")
    storage = git.text("config", "--default", "lfs", "--get", "lfs.storage")
    folder = git.folder / common / storage / "objects"
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _look_into(dataset: Dataset, stone: Tombstone, cache: Cache, held: Held) -> Searched:
    key = dataset.recorded and dataset.recorded.key_fingerprint
    if key and key != stone.key:
        return Searched(dataset, None, f"its identifiers were hashed with another key (fingerprint {key})")
    files = cache.folder(dataset.tree)
    paths = [cache.file(files[name]) for name in _TABLES if name in files] if files else []
    if not paths or None in paths:
        return Searched(dataset, None, f"{ABSENT}; run `{fetching(dataset)}`")
    if held.damaged.intersection(paths):
        return Searched(dataset, None, "damaged in DVC's cache; run `claims cache check --heal`")
    if any(path not in held.claims for path in paths):
        return Searched(dataset, None, f"its claims have no column {stone.column}")
    rows = sum(held.claims[path] for path in paths if path is not None)
    if not (key or rows):
        return Searched(dataset, None, "the key of its identifiers was not recorded")
    return Searched(dataset, rows)


def _names(datasets: Iterable[Dataset], cache: Cache) -> dict[Path, str]:
    """Return paths under which commits know the objects of the cache; the newest dataset's name stays."""
    names: dict[Path, str] = {}
    for dataset in datasets:
        for digest, output in dataset.outputs.items():
            files = (cache.folder(digest) or {}) if digest.endswith(".dir") else {"": digest}
            for name, oid in files.items():
                if path := cache.file(oid):
                    names.setdefault(path, f"{output}/{name}".rstrip("/"))
    return names


def _derived(searched: Iterable[Searched]) -> list[str]:
    holding = (result.dataset for result in searched if result.rows)
    outputs = {output for dataset in holding for output in dataset.outputs.values()}
    return sorted(output for output in outputs if output.startswith("models/"))


def _releases(registry: Registry, stone: Tombstone, searched: Iterable[Searched]) -> list[Release]:
    """Say of each release whether its data holds the subject, by its checksum, and its model names it."""
    rows: dict[str, bool | None] = {}
    for result in searched:
        if recorded := result.dataset.recorded:
            holds = None if result.rows is None else result.rows > 0
            known = rows.get(recorded.checksum)
            rows[recorded.checksum] = known if known is not None else holds
    return [
        Release(
            number,
            rows.get(_checksum_of(registry.record_path(number)) or ""),
            _is_named(registry.model_path(number), stone),
        )
        for number in registry.numbers()
    ]


def _is_named(model: Path, stone: Tombstone) -> bool | None:
    if not model.is_file():
        return False
    try:
        return None if is_pointer_file(model) else mentions(model, stone.pseudonym)
    except DAMAGE:
        return None


def _checksum_of(record: Path) -> str | None:
    try:
        content: Any = json.loads(record.read_text(encoding="utf-8"))
    except ValueError:
        return None
    data = content.get("data") if isinstance(content, Mapping) else None
    checksum = data.get("checksum") if isinstance(data, Mapping) else None
    return checksum if isinstance(checksum, str) else None
