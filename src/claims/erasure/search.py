"""Where a subject's rows lie: datasets of the whole history, DVC's cache, the workspace, releases."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from claims.contract import Contract
from claims.datasets.stored import ABSENT, PARTS, Cache, fetching
from claims.datasets.versions import Dataset, list_datasets
from claims.erasure.rows import Held, find_rows
from claims.git import Git
from claims.sources.tombstones import Tombstone

RELEASES = Path("models/releases")
_TABLES = [f"{name}.parquet" for name in (*PARTS, "undated")]  # of which a subject's claims are in


@dataclass(frozen=True)
class Searched:
    """A dataset of the history.

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
    """A released model; ``holds`` is None where its data is none of the datasets that could be searched."""

    number: str
    holds: bool | None


@dataclass(frozen=True)
class Findings:
    """Where the rows lie.

    Attributes
    ----------
    cached
        Objects of DVC's cache that hold rows, with the path under which a commit knows each; empty where
        none does.
    derived
        Models, among them encoders' tables, that commits made from datasets that hold rows.
    workspace
        Files in the workspace, relative to its root.
    """

    datasets: list[Searched]
    cached: dict[Path, str]
    derived: list[str]
    workspace: list[Path]
    releases: list[Release]

    @property
    def nowhere(self) -> bool:
        """Whether everything could be searched, and nothing was found."""
        return not (self.cached or self.workspace or any(found.rows != 0 for found in self.datasets))


def search(git: Git, contract: Contract, stone: Tombstone) -> Findings:
    """Find a subject by its pseudonym; nothing is changed.

    Raises
    ------
    HistoryError
        There is no repository of git's or DVC's.
    """
    cache, root = Cache.of(git.folder), git.folder
    datasets = list_datasets(git, everywhere=True)
    held = find_rows(contract, stone, cache.files())
    here = find_rows(contract, stone, sorted((root / "data").rglob("*.parquet")))
    searched = [_look_into(dataset, stone, cache, held) for dataset in datasets]
    names = _names(datasets, cache)
    return Findings(
        datasets=searched,
        cached={path: names.get(path, "") for path in held.files},
        derived=_derived(searched),
        workspace=[path.relative_to(root) for path in here.files],
        releases=_releases(root / RELEASES, searched),
    )


def _look_into(dataset: Dataset, stone: Tombstone, cache: Cache, held: Held) -> Searched:
    key = dataset.recorded and dataset.recorded.key_fingerprint
    if key and key != stone.key:
        return Searched(dataset, None, f"its identifiers were hashed with another key (fingerprint {key})")
    files = cache.folder(dataset.tree)
    paths = [cache.file(files[name]) for name in _TABLES if name in files] if files else []
    if not paths or None in paths:
        return Searched(dataset, None, f"{ABSENT}; run `{fetching(dataset)}`")
    if any(path not in held.claims for path in paths):
        return Searched(dataset, None, f"its claims have no column {stone.column}")
    if not key:
        return Searched(dataset, None, "the key of its identifiers was not recorded")
    return Searched(dataset, sum(held.claims[path] for path in paths if path is not None))


def _names(datasets: Iterable[Dataset], cache: Cache) -> dict[Path, str]:
    """Paths under which commits know the objects of the cache; the newest dataset's name stays."""
    found: dict[Path, str] = {}
    for dataset in datasets:
        for digest, output in dataset.outputs.items():
            files = (cache.folder(digest) or {}) if digest.endswith(".dir") else {"": digest}
            for name, each in files.items():
                if path := cache.file(each):
                    found.setdefault(path, f"{output}/{name}".rstrip("/"))
    return found


def _derived(searched: Iterable[Searched]) -> list[str]:
    holding = (found.dataset for found in searched if found.rows)
    outputs = {output for dataset in holding for output in dataset.outputs.values()}
    return sorted(output for output in outputs if output.startswith("models/"))


def _releases(folder: Path, searched: Iterable[Searched]) -> list[Release]:
    """Which releases were made from data that holds the subject, by the checksum that their record names."""
    rows: dict[str, bool | None] = {}
    for found in searched:
        if found.dataset.recorded:
            holds = None if found.rows is None else found.rows > 0
            known = rows.get(found.dataset.recorded.checksum)
            rows[found.dataset.recorded.checksum] = known if known is not None else holds
    files = sorted(folder.glob("*.json"), key=lambda path: (len(path.stem), path.stem))
    return [Release(path.stem, rows.get(_checksum_of(path) or "")) for path in files]


def _checksum_of(record: Path) -> str | None:
    try:
        found: Any = json.loads(record.read_text(encoding="utf-8"))
    except ValueError:
        return None
    data = found.get("data") if isinstance(found, Mapping) else None
    checksum = data.get("checksum") if isinstance(data, Mapping) else None
    return checksum if isinstance(checksum, str) else None
