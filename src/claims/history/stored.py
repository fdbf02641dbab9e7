"""A dataset's files where they lie: in the workspace, or in DVC's cache, which is only read."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from claims.base.errors import DataError, HistoryError
from claims.contract import Column
from claims.data.checksum import Hashes, checksum, row_hashes
from claims.data.outcomes import OUTCOME, UNREADABLE
from claims.data.storage import from_arrow
from claims.history.datasets import RAW, WORKSPACE, Dataset
from claims.repository.dvc import Store, local_cache
from claims.repository.tracked import FOLDER, listing

PARTS = ("claims", "undecided", "model_decided")  # together the claims of the window
LINES = "lines.parquet"
_ANY = Column(type="category")  # what a stored column holds, its own type says
ABSENT = "not in DVC's cache"
_BRING = "Run `dvc checkout`, or `dvc repro extract`."
Files = dict[str, Path]


@dataclass(frozen=True)
class Cache:
    """DVC's local cache."""

    store: Store

    @classmethod
    def of(cls, root: Path) -> "Cache":
        """Open the cache of a repository.

        Raises
        ------
        StorageError
            DVC cannot open the repository.
        """
        return cls(local_cache(root))

    def file(self, digest: str) -> Path | None:
        """Return an object's path; None where the cache lacks it."""
        path = self.store.path(digest)
        return path if path.is_file() else None

    def folder(self, digest: str) -> dict[str, str] | None:
        """Return the hashes of a folder's files by path; None where the cache lacks a whole list of them."""
        return listing(self.store, digest) or None

    def files(self) -> Iterator[Path]:
        """Return every file that is no listing of a folder, also what was left half written."""
        folders = sorted(self.store.folder.glob("[0-9a-f][0-9a-f]"))
        files = (path for folder in folders for path in sorted(folder.rglob("*")))
        return (path for path in files if path.suffix != FOLDER and path.is_file())


def fetching(dataset: Dataset) -> str:
    """Return the commands that bring a dataset into the cache.

    They are not `dvc fetch --all-commits`, which asks only remotes that `.dvc/config` named at each commit.
    """
    return f"git checkout {dataset.name} -- dvc.lock; dvc fetch {RAW}; git checkout HEAD -- dvc.lock"


def files_of(dataset: Dataset, root: Path, cache: Cache) -> Files:
    """Return the paths of a dataset's files, by name.

    Raises
    ------
    HistoryError
        The cache lacks one of them.
    """
    if dataset.revision == WORKSPACE:
        return _files_here(root)
    listed = cache.folder(dataset.tree)
    paths = {name: cache.file(digest) for name, digest in (listed or {}).items()}
    if listed is None or None in paths.values():
        raise HistoryError(f"{RAW} at {dataset.name}", ABSENT, f"Run `{fetching(dataset)}`.")
    return {name: path for name, path in paths.items() if path is not None}


def _files_here(root: Path) -> Files:
    files = {path.name: path for path in sorted((root / RAW).glob("*.parquet"))}
    if missing := [f"{part}.parquet" for part in PARTS if f"{part}.parquet" not in files]:
        raise HistoryError(RAW, f"no {missing[0]} in it" if files else "not in the workspace", _BRING)
    return files


def check_workspace(dataset: Dataset, root: Path, cache: Cache) -> None:
    """Refuse a workspace whose claims are not those that its ``dvc.lock`` and metrics describe."""
    if dataset.revision == WORKSPACE and cache.store.hash_of(root / RAW) != dataset.tree:
        raise HistoryError(RAW, "not the claims that dvc.lock names", _BRING)


@contextmanager
def reading() -> Iterator[None]:
    """Name a damaged file as something that a person can mend."""
    try:
        yield
    except (pa.ArrowInvalid, OSError) as error:
        damage = f"a file that cannot be read ({str(error).splitlines()[0].rstrip('.')})"
        raise DataError(RAW, damage, "Run `claims cache check --heal`, then `dvc checkout`.") from None


def read_column(files: Mapping[str, Path], name: str) -> pa.ChunkedArray:
    """Read a column of the claims in the window, decided or not."""
    tables = [pq.read_table(files[f"{part}.parquet"], columns=[name]) for part in PARTS]
    return pa.concat_tables(tables).unify_dictionaries()[name]


def stored_checksum(files: Mapping[str, Path]) -> str:
    """Compute extraction's checksum again from what is stored, whatever a contract says by now."""
    claims = pa.concat_tables([pq.read_table(files[f"{part}.parquet"]) for part in PARTS])
    tables = [claims.unify_dictionaries(), *([pq.read_table(files[LINES])] if LINES in files else [])]
    return checksum(np.concatenate([_hashes(table) for table in tables]))


def _hashes(table: pa.Table) -> Hashes:
    """Hash the rows of a table, by the columns that came from the source."""
    names = [name for name in table.column_names if name not in (OUTCOME, UNREADABLE)]
    return row_hashes(from_arrow(dict.fromkeys(names, _ANY), table))
