"""The local cache, hashed again: DVC trusts it, and would check out and push a damaged object."""

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from claims.base.errors import StorageError
from claims.base.lfs import is_pointer_file
from claims.repository.dvc import Repository
from claims.repository.tracked import Tracked, tracked

_NAME = re.compile(r"[0-9a-f]{32}(\.dir)?")  # leaves out what a killed DVC has half written


@dataclass(frozen=True)
class Corrupt:
    """An object whose content is not what its name says.

    Attributes
    ----------
    oid
        Its name.
    found
        MD5 of its content; empty where it cannot be read.
    damage
        What is wrong with it.
    outputs
        Paths that need it; none where only an experiment or an earlier commit does.
    """

    oid: str
    found: str
    damage: str
    outputs: tuple[str, ...]

    def __str__(self) -> str:
        belongs = ", ".join(self.outputs) or "no output of dvc.lock (an experiment or an earlier commit)"
        return f"corrupt: {self.oid} ({self.damage}), of {belongs}"


@dataclass(frozen=True)
class Checked:
    """What lies in the cache.

    Attributes
    ----------
    objects, size
        How many objects were hashed, and their bytes.
    corrupt
        Those whose content is not what their name says.
    missing
        What dvc.lock names and the cache does not hold.
    unlisted
        Folders of the workspace whose list is missing: DVC uses a damaged list that it pulls, then drops it.
    """

    objects: int
    size: int
    corrupt: list[Corrupt]
    missing: list[Tracked]
    unlisted: list[str]

    def lines(self) -> list[str]:
        """Say the result in words, one finding a line."""
        whole = f"{self.objects:,} objects hashed, {self.size:,} bytes: {len(self.corrupt)} corrupt"
        lines = [whole, *map(str, self.corrupt)]
        if self.missing:
            few = ", ".join(obj.path for obj in self.missing[:3]) + ", …" * (len(self.missing) > 3)
            lines.append(f"not here, of dvc.lock: {len(self.missing)} ({few}); `dvc fetch` gets them")
        return lines + [f"without its list, so names in it may be wrong: {path}" for path in self.unlisted]

    def demand_whole(self) -> None:
        """Stop where something is corrupt or a folder lacks its list.

        Raises
        ------
        StorageError
            Saying how many objects are.
        """
        if self.corrupt or self.unlisted:
            problem = f"{len(self.corrupt)} of {self.objects:,} objects are corrupt"
            problem += f", {len(self.unlisted)} folders lack their list" if self.unlisted else ""
            raise StorageError("cache", problem, "Run `claims cache check --heal` before `dvc checkout`.")


def check_cache(repo: Repository, advance: Callable[[int], None] = lambda _: None) -> Checked:
    """Hash every object of the local cache and compare with its name.

    Parameters
    ----------
    repo
        Of the checkout.
    advance
        Called with the bytes of each object that is done.
    """
    places = dict(objects(repo))
    sizes = [_size(path) for path in places.values()]
    digests: dict[str, str] = {}
    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:  # MD5 runs without the GIL
        for oid, digest, size in zip(places, pool.map(digest_of, places.values()), sizes, strict=True):
            digests[oid] = digest
            advance(size)
    needed = tracked(repo)
    wrong = {oid: digest for oid, digest in digests.items() if digest != oid[:32]}
    corrupt = [_describe(oid, places[oid], digest, needed) for oid, digest in wrong.items()]
    missing = [obj for obj in needed if obj.oid not in digests]
    unlisted = [obj.path for obj in missing if obj.is_folder and (repo.root / obj.path).exists()]
    return Checked(len(digests), sum(sizes), corrupt, missing, unlisted)


def cache_size(repo: Repository) -> int:
    """Return the bytes of all objects in the local cache."""
    return sum(_size(path) for _, path in objects(repo))


def objects(repo: Repository) -> Iterator[tuple[str, Path]]:
    """Yield name and path of every object, by name."""
    for path in sorted(repo.cache.folder.glob("??/*")):
        oid = path.parent.name + path.name
        if _NAME.fullmatch(oid):
            yield oid, path


def digest_of(path: Path) -> str:
    """Compute the MD5 of a file's content; empty where it cannot be read or is no file."""
    try:
        if not path.is_file():  # a folder, a link to nothing, a pipe that would be waited for
            return ""
        with path.open("rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    except OSError:  # a disk that fails says so here
        return ""


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # a link to nothing, or gone meanwhile
        return 0


def _describe(oid: str, path: Path, digest: str, needed: Iterable[Tracked]) -> Corrupt:
    owners = [obj for obj in needed if obj.oid == oid]
    sizes = {obj.size for obj in owners} - {None}
    outputs = tuple(dict.fromkeys(obj.path for obj in owners))
    return Corrupt(oid, digest, _damage(path, digest, sizes.pop() if sizes else None), outputs)


def _damage(path: Path, digest: str, expected: int | None) -> str:
    if not digest:
        return "cannot be read"
    if is_pointer_file(path):
        return "a Git LFS pointer"
    size = path.stat().st_size
    if expected is not None and size < expected:
        return f"cut short: {size:,} of {expected:,} bytes"
    return "altered" if size else "empty"
