"""The one place that touches DVC's own modules, few of which are a public interface.

They are imported where they are needed: it takes most of a second.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from claims.base.errors import ClaimsError, ParamsError, StorageError, first_line
from claims.base.urls import mask_url, mask_urls

_UNHASHED = ["size", "nfiles"]  # of outputs and dependencies, in the name of a run
_LOGGERS = ("gcsfs", "azure")  # print whole tracebacks before they raise


class Output(NamedTuple):
    """An output that DVC keeps in its cache.

    Attributes
    ----------
    path
        From the root of the checkout.
    oid
        Name of its object: the MD5 of its content; of a folder with ``.dir``.
    size
        Bytes that ``dvc.lock`` gives; None for a folder.
    """

    path: PurePosixPath
    oid: str
    size: int | None


@dataclass(frozen=True)
class Store:
    """Where objects lie: DVC's cache, or a remote."""

    _objects: Any

    @property
    def address(self) -> str:
        """Address, as it may be shown."""
        return mask_url(self._objects.fs.unstrip_protocol(self._objects.path))

    @property
    def folder(self) -> Path:
        """Folder of the local cache's objects."""
        return Path(self._objects.path)

    def path(self, oid: str) -> Path:
        """Return where an object lies, or would lie, in the local cache."""
        return Path(self._objects.oid_to_path(oid))

    def exists(self) -> bool:
        """Say whether there is anything at the address."""
        return bool(self._objects.fs.exists(self._objects.path))

    def read(self, oid: str) -> bytes:
        """Return an object's content; FileNotFoundError where it is not there."""
        content: bytes = self._objects.fs.cat_file(self._objects.oid_to_path(oid))
        return content

    def size(self, oid: str) -> int:
        """Return an object's bytes; FileNotFoundError where it is not there."""
        return int(self._objects.fs.info(self._objects.oid_to_path(oid))["size"])

    def fetch(self, oid: str, target: Path) -> None:
        """Copy an object to a file; FileNotFoundError where it is not there."""
        self._objects.fs.get_file(self._objects.oid_to_path(oid), str(target))

    def hash_of(self, folder: Path) -> str:
        """Return DVC's hash of a folder as it is now; nothing is stored."""
        from dvc_data.hashfile.build import build
        from dvc_objects.fs.local import LocalFileSystem

        algorithm, path = self._objects.hash_name, str(folder.absolute())
        _, _, tree = build(self._objects, path, LocalFileSystem(), algorithm, dry_run=True)
        return str(tree.hash_info.value)


@dataclass(frozen=True)
class Runs:
    """The run cache of a remote, in its folder ``runs``: files by name, as ``ab/ab…/cd…``."""

    _objects: Any

    @property
    def address(self) -> str:
        """Address, as it may be shown."""
        return mask_url(self._objects.fs.unstrip_protocol(self._objects.path))

    def names(self) -> Iterator[str]:
        """Yield the name of every file that is there, whoever put it there."""
        fs, root = self._objects.fs, self._root
        for path in fs.find(root) if fs.exists(root) else ():
            yield str(path)[len(root) :].lstrip("/")

    def size(self, name: str) -> int:
        """Return the bytes of a file."""
        return int(self._objects.fs.info(self._path(name))["size"])

    def read(self, name: str) -> bytes:
        """Return what a file holds."""
        content: bytes = self._objects.fs.cat_file(self._path(name))
        return content

    @property
    def _root(self) -> str:
        return str(self._objects.fs.join(self._objects.path, "runs"))

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"


@dataclass(frozen=True)
class Repository:
    """The DVC repository of a checkout; `open_repo` makes it."""

    _repo: Any

    @property
    def root(self) -> Path:
        """Root of the checkout."""
        return Path(self._repo.root_dir)

    @property
    def cache(self) -> Store:
        """The local cache."""
        return Store(self._repo.cache.local)

    @property
    def cache_folder(self) -> Path:
        """Folder of the local cache as a whole, which another repository can have as a remote."""
        return Path(self._repo.cache.local_cache_dir)

    def outputs(self) -> Iterator[Output]:
        """Yield the outputs that DVC caches and ``dvc.lock`` names."""
        for out in self._repo.index.outs:
            if out.use_cache and out.hash_info and out.hash_info.value:
                path = PurePosixPath(Path(out.fs_path).relative_to(self.root))
                yield Output(path, out.hash_info.value, None if out.hash_info.isdir else out.meta.size)

    def stages(self) -> set[str]:
        """Return the names of the stages in ``dvc.yaml``; ``dvc.lock`` may hold others that once were."""
        return {stage.name for stage in self._repo.index.stages}

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other DVC from writing meanwhile."""
        with self._repo.lock:
            yield

    def forget_lists(self) -> None:
        """Make DVC read lists of folders anew: it would check out again one that it once read."""
        self._repo.drop_data_index()

    @contextmanager
    def remote(self, name: str | None) -> Iterator[Store]:
        """Reach a remote.

        Parameters
        ----------
        name
            In .dvc/config; None: the default one.

        Raises
        ------
        StorageError
            The remote is unknown, its package is not installed, or it cannot be reached.
        """
        with self._reaching(name) as repo:
            yield Store(repo.cloud.get_remote_odb(name, "fetch"))

    @contextmanager
    def runs(self, name: str | None) -> Iterator[Runs]:
        """Reach the run cache of a remote; see `remote`."""
        with self._reaching(name) as repo:
            yield Runs(repo.cloud.get_remote_odb(name, "fetch", hash_name="md5-dos2unix"))

    @contextmanager
    def _reaching(self, name: str | None) -> Iterator[Any]:
        for library in _LOGGERS:
            logging.getLogger(library).setLevel(logging.CRITICAL)
        shown = name or self._repo.config["core"].get("remote") or "(none is the default)"
        # botocore's, asyncssh's, fsspec's: their errors share no class
        with _plainly(f"remote {shown}", "docs/storage.md says what each remote needs.", Exception):
            yield self._repo


@contextmanager
def open_repo(root: Path) -> Iterator[Repository]:
    """Open the DVC repository around a folder.

    Raises
    ------
    StorageError
        There is none, its files are not legal, or another DVC is at work.
    """
    from dvc.exceptions import DvcException
    from dvc.repo import Repo

    remedy = "Run it inside the checkout, with no other DVC at work."
    with _plainly("dvc", remedy, DvcException), Repo(str(root)) as repo:
        yield Repository(repo)


def local_cache(root: Path) -> Store:
    """Return the local cache of the repository around a folder; see `open_repo`."""
    with open_repo(root) as repo:
        return repo.cache


def expand_grid(overrides: list[str], file: str) -> list[tuple[str, ...]]:
    """Return every combination of the values of overrides, as `dvc exp run -S` reads them.

    Parameters
    ----------
    overrides
        As ``train.dropout=0.2,0.3``.
    file
        Of the parameters.

    Raises
    ------
    ParamsError
        They cannot be read.
    """
    from dvc.exceptions import DvcException
    from dvc.utils.hydra import get_hydra_sweeps
    from hydra.errors import HydraException

    try:
        return [tuple(combination[file]) for combination in get_hydra_sweeps({file: overrides})]
    except (DvcException, HydraException) as error:
        remedy = "Write section.key=value,value."
        raise ParamsError(" ".join(overrides), first_line(error), remedy) from None


def override_params(file: Path, overrides: list[str]) -> None:
    """Write values into a file of parameters, as `dvc exp run -S` does."""
    from dvc.utils.hydra import apply_overrides

    apply_overrides(str(file.resolve()), overrides)


def name_of_run(run: dict[str, Any]) -> tuple[str, str]:
    """Return the two hashes under which the run cache keeps a run: of what it read, and of all that it says.

    Raises
    ------
    KeyError, TypeError, ValueError
        Where it is no run.
    """
    from dvc.utils import dict_sha256

    if set(run) - {"cmd", "deps", "params", "outs"} or not all(run[key] for key in ("cmd", "deps", "outs")):
        raise ValueError("no run")
    read = run | {"outs": [out["path"] for out in run["outs"]]}
    return dict_sha256(read, exclude=_UNHASHED), dict_sha256(run, exclude=_UNHASHED)


@contextmanager
def _plainly(thing: str, remedy: str, kind: type[Exception]) -> Iterator[None]:
    """Show what DVC and its file systems raise as one line."""
    try:
        yield
    except (ClaimsError, BrokenPipeError):
        raise
    except kind as error:
        raise StorageError(thing, mask_urls(first_line(error)), remedy) from None
