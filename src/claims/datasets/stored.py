"""The files of a dataset where they lie: in the workspace, or in DVC's cache, which is only read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from claims.contract import Contract
from claims.datasets.versions import RAW, WORKSPACE, Dataset
from claims.errors import HistoryError
from claims.sources.snapshot import claims_checksum

PARTS = ("claims", "undecided", "model_decided")  # together the claims of the window
ABSENT = "not in DVC's cache"
Files = dict[str, Path]


@dataclass(frozen=True)
class Cache:
    """DVC's local cache."""

    store: Any

    @classmethod
    def of(cls, root: Path) -> "Cache":
        """The cache of a repository.

        Raises
        ------
        HistoryError
            DVC cannot open the repository.
        """
        from dvc.exceptions import DvcException
        from dvc.repo import Repo

        try:
            with Repo(str(root)) as repo:
                return cls(repo.cache.local)
        except DvcException as error:
            raise HistoryError("dvc", str(error).rstrip("."), "Run it in the repository.") from None

    def file(self, digest: str) -> Path | None:
        """Where an object lies; None where the cache lacks it."""
        path = Path(self.store.oid_to_path(digest))
        return path if path.is_file() else None

    def folder(self, digest: str) -> dict[str, str] | None:
        """Hashes of a folder's files by their path in it; None where the cache lacks the listing."""
        from dvc_data.hashfile.hash_info import HashInfo
        from dvc_data.hashfile.tree import Tree

        if self.file(digest) is None:
            return None
        tree = Tree.load(self.store, HashInfo(self.store.hash_name, digest))
        return {"/".join(key): found.value for key, _, found in tree}

    def files(self) -> Iterator[Path]:
        """Every object that is no listing of a folder."""
        top = Path(self.store.path)
        return (path for path in sorted(top.glob("[0-9a-f][0-9a-f]/*")) if path.suffix == "")


def fetching(dataset: Dataset) -> str:
    """Commands that bring a dataset into the cache.

    Not `dvc fetch --all-commits`: it asks no remote that `.dvc/config` did not name at that commit yet.
    """
    return f"git checkout {dataset.name} -- dvc.lock; dvc fetch {RAW}; git checkout HEAD -- dvc.lock"


def files_of(dataset: Dataset, root: Path, cache: Cache) -> Files:
    """Paths of a dataset's files, by name.

    Raises
    ------
    HistoryError
        The cache lacks one of them.
    """
    if dataset.revision == WORKSPACE:
        found = {path.name: path for path in sorted((root / RAW).glob("*.parquet"))}
        if not found:
            raise HistoryError(RAW, "not in the workspace", "Run `dvc checkout`, or `dvc repro extract`.")
        return found
    listed = cache.folder(dataset.tree)
    paths = {name: cache.file(digest) for name, digest in (listed or {}).items()}
    if listed is None or None in paths.values():
        raise HistoryError(f"{RAW} at {dataset.name}", ABSENT, f"Run `{fetching(dataset)}`.")
    return {name: path for name, path in paths.items() if path is not None}


def read_column(files: Mapping[str, Path], name: str) -> pa.ChunkedArray:
    """A column of the claims in the window, decided or not."""
    tables = [pq.read_table(files[f"{part}.parquet"], columns=[name]) for part in PARTS]
    return pa.concat_tables(tables).unify_dictionaries()[name]


def stored_checksum(contract: Contract, files: Mapping[str, Path]) -> str:
    """The checksum of extraction, computed again from what is stored."""
    claims = pa.concat_tables([pq.read_table(files[f"{part}.parquet"]) for part in PARTS])
    lines = pq.read_table(files["lines.parquet"]) if contract.lines else None
    return claims_checksum(contract, claims.unify_dictionaries(), lines)
