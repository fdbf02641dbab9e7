"""Damaged and missing objects of the local cache, fetched again from a remote.

An object is hashed before it enters the cache, whatever the remote's ``verify`` says.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from dvc.repo import Repo
from dvc_data.hashfile.db import HashFileDB

from claims.base.errors import StorageError
from claims.repository.cache import Checked, Corrupt, digest_of, place
from claims.repository.dvc import reaching
from claims.repository.tracked import FOLDER, tracked

_PROTECTED = 0o444  # as DVC keeps objects
_WRITABLE = "Run it as the cache's owner, on a disk with space that is mounted for writing."


@dataclass
class Healed:
    """What could be mended, and what not.

    Attributes
    ----------
    fetched
        Names of the objects that are whole again.
    lost
        Names of the others, and why.
    restored
        Files of the workspace that were copies of a damaged object, and are whole again.
    """

    fetched: list[str] = field(default_factory=list)
    lost: dict[str, str] = field(default_factory=dict)
    restored: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """The result in words, one finding a line."""
        lines = [f"fetched: {len(self.fetched)}"] if self.fetched else []
        lines += [f"restored in the workspace: {path}" for path in self.restored]
        return lines + [f"not healed: {oid} ({why})" for oid, why in self.lost.items()]

    def demand_all(self) -> None:
        """Stop where something could not be mended.

        Raises
        ------
        StorageError
            Saying how many objects, and what makes them again.
        """
        if self.lost:
            found = f"{len(self.lost)} of {len(self.lost) + len(self.fetched)} objects could not be fetched"
            remedy = "`dvc commit` takes them from an unchanged workspace, else `dvc repro` makes them again."
            raise StorageError("cache", found, remedy)


def heal(
    repo: Repo, checked: Checked, remote: str | None, advance: Callable[[int], None] = lambda _: None
) -> Healed:
    """Fetch damaged and missing objects from a remote.

    A file of the workspace that is a copy of a damaged object is put right as well; one that a person changed
    is left alone. A damaged object that the remote does not hold whole is removed, so that it is neither
    checked out nor pushed; one that cannot be read stays, and where the remote cannot be reached or is empty,
    all do.

    Parameters
    ----------
    repo
        Of the checkout.
    checked
        From `check_cache`.
    remote
        Name of a remote; the default one if None.
    advance
        Told the number of objects done.

    Raises
    ------
    StorageError
        The remote cannot be reached or is empty, the cache cannot be written, or another DVC is at work.
    """
    healed = Healed()
    wanted = {one.oid for one in checked.corrupt} | {one.oid for one in checked.missing}
    with repo.lock, reaching(repo, remote) as store:  # no other DVC writes meanwhile
        _refuse_nothing(store)
        _fetch_all(repo, store, {oid for oid in wanted if oid.endswith(FOLDER)}, healed, advance)
        wanted |= {one.oid for one in tracked(repo) if not place(repo, one.oid).exists()}  # new lists
        _fetch_all(repo, store, wanted - {*healed.fetched, *healed.lost}, healed, advance)
        if any(oid.endswith(FOLDER) for oid in wanted):
            repo.drop_data_index()  # DVC remembers a list that it once read, and would check it out again
    for one in checked.corrupt:
        healed.restored += _restore(repo, one)
    return healed


def _refuse_nothing(store: HashFileDB) -> None:
    """Stop before what is damaged here is removed for a disk that is not mounted."""
    if not store.fs.exists(store.path):
        remedy = "Run `dvc push` where the cache is whole, or name another with --remote."
        raise StorageError(store.fs.unstrip_protocol(store.path), "holds nothing", remedy)


def _fetch_all(
    repo: Repo, store: HashFileDB, oids: set[str], healed: Healed, advance: Callable[[int], None]
) -> None:
    for oid in sorted(oids):
        target = place(repo, oid)
        why = _fetch(store, oid, target)
        if why:
            if digest_of(target) not in ("", oid[:32]):
                target.unlink()
            healed.lost[oid] = why
        else:
            healed.fetched.append(oid)
        advance(1)


def _fetch(store: HashFileDB, oid: str, target: Path) -> str:
    """Fetch one object in place of what lies there; returns why it could not be, empty where it was."""
    if target.is_dir():
        return "a folder lies in its place: delete it"
    aside = _reserve(target)
    try:
        store.fs.get_file(store.oid_to_path(oid), str(aside))
        if digest_of(aside) != oid[:32]:
            return "the remote's object is damaged too"
        aside.chmod(_PROTECTED)
        aside.replace(target)
    except FileNotFoundError:
        return "not on the remote"
    finally:
        aside.unlink(missing_ok=True)
    return ""


def _reserve(target: Path) -> Path:
    """An empty file beside an object's place, to fetch into."""
    aside = target.with_name(f"{target.name}.{os.getpid()}.partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        aside.touch()
    except OSError as error:
        raise StorageError(str(target.parent), f"cannot be written ({error.strerror})", _WRITABLE) from None
    return aside


def _restore(repo: Repo, corrupt: Corrupt) -> list[str]:
    """Put right the workspace's copies of a damaged object."""
    source = place(repo, corrupt.oid)
    if corrupt.oid.endswith(FOLDER) or not corrupt.found or not source.exists():
        return []
    return [path for path in corrupt.outputs if _replace(Path(repo.root_dir) / path, corrupt.found, source)]


def _replace(copy: Path, digest: str, source: Path) -> bool:
    if not copy.is_file() or digest_of(copy) != digest:
        return False
    aside = copy.with_name(copy.name + ".partial")
    shutil.copyfile(source, aside)
    aside.replace(copy)
    return True
