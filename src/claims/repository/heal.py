"""Damaged and missing objects of the local cache, fetched again from a remote.

An object is hashed before it enters the cache, whatever the remote's ``verify`` says.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from claims.base.errors import StorageError
from claims.base.files import replacing
from claims.repository.cache import Checked, Corrupt, digest_of
from claims.repository.dvc import Repository, Store
from claims.repository.tracked import FOLDER, tracked

_PROTECTED = 0o444  # as DVC keeps objects


class _DamagedThereError(Exception):
    """The remote's object is not what its name says."""


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
        """Say the result in words, one finding a line."""
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
            problem = f"{len(self.lost)} of {len(self.lost) + len(self.fetched)} objects could not be fetched"
            remedy = "`dvc commit` takes them from an unchanged workspace, else `dvc repro` makes them again."
            raise StorageError("cache", problem, remedy)


def heal(
    repo: Repository, checked: Checked, remote: str | None, advance: Callable[[int], None] = lambda _: None
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
        Called with the number of objects done.

    Raises
    ------
    StorageError
        The remote cannot be reached or is empty, or another DVC is at work.
    WriteError
        The cache cannot be written.
    """
    healed = Healed()
    wanted = {obj.oid for obj in checked.corrupt} | {obj.oid for obj in checked.missing}
    with repo.locked(), repo.remote(remote) as store:
        _refuse_nothing(store)
        _fetch_all(repo, store, {oid for oid in wanted if oid.endswith(FOLDER)}, healed, advance)
        wanted |= {obj.oid for obj in tracked(repo) if not repo.cache.path(obj.oid).exists()}  # new lists
        _fetch_all(repo, store, wanted - {*healed.fetched, *healed.lost}, healed, advance)
        if any(oid.endswith(FOLDER) for oid in wanted):
            repo.forget_lists()
    for obj in checked.corrupt:
        healed.restored += _restore(repo, obj)
    return healed


def _refuse_nothing(store: Store) -> None:
    """Stop before what is damaged here is removed for a disk that is not mounted."""
    if not store.exists():
        remedy = "Run `dvc push` where the cache is whole, or name another with --remote."
        raise StorageError(store.address, "holds nothing", remedy)


def _fetch_all(
    repo: Repository, store: Store, oids: set[str], healed: Healed, advance: Callable[[int], None]
) -> None:
    for oid in sorted(oids):
        target = repo.cache.path(oid)
        why = _fetch(store, oid, target)
        if why:
            if digest_of(target) not in ("", oid[:32]):
                target.unlink()
            healed.lost[oid] = why
        else:
            healed.fetched.append(oid)
        advance(1)


def _fetch(store: Store, oid: str, target: Path) -> str:
    """Fetch one object in place of what lies there; return why it could not be, empty where it was."""
    if target.is_dir():
        return "a folder lies in its place: delete it"
    try:
        with replacing(target) as new:
            store.fetch(oid, new)
            if digest_of(new) != oid[:32]:
                raise _DamagedThereError
            new.chmod(_PROTECTED)
    except FileNotFoundError:
        return "not on the remote"
    except _DamagedThereError:
        return "the remote's object is damaged too"
    return ""


def _restore(repo: Repository, corrupt: Corrupt) -> list[str]:
    """Put right the workspace's copies of a damaged object."""
    source = repo.cache.path(corrupt.oid)
    if corrupt.oid.endswith(FOLDER) or not corrupt.found or not source.exists():
        return []
    return [path for path in corrupt.outputs if _replace(repo.root / path, corrupt.found, source)]


def _replace(copy: Path, digest: str, source: Path) -> bool:
    if not copy.is_file() or digest_of(copy) != digest:
        return False
    with replacing(copy) as new:
        shutil.copyfile(source, new)
    return True
