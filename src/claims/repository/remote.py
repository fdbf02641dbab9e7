"""Whether a remote holds what ``dvc.lock`` names.

``dvc push`` and ``dvc status --cloud`` exit with 0 where data is missing everywhere, and neither looks at how
long an object is.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from claims.base.errors import StorageError
from claims.repository.dvc import Repository, Store
from claims.repository.tracked import Tracked, read_list, tracked

_REQUESTS = 8  # at once: each asks for one object's size


@dataclass(frozen=True)
class Pushed:
    """What a remote holds of an output's objects.

    Attributes
    ----------
    remote
        Its address.
    objects
        How many dvc.lock names.
    absent
        Those that are not there, or not as long as they should be, with what was found.
    """

    remote: str
    objects: int
    absent: dict[Tracked, str]

    def lines(self) -> list[str]:
        """Say the result in words, one finding a line."""
        there = self.objects - len(self.absent)
        whole = f"{self.remote}: {there:,} of {self.objects:,} objects of dvc.lock"
        return [whole, *(f"{why}: {obj.oid}, of {obj.path}" for obj, why in self.absent.items())]

    def demand_all(self) -> None:
        """Stop where something is not there.

        Raises
        ------
        StorageError
            Saying how many objects; or dvc.lock names none, which no remote can prove to be pushed.
        """
        if not self.objects:
            raise StorageError("dvc.lock", "names no object", "Run `dvc repro`, and commit dvc.lock.")
        if self.absent:
            problem = f"lacks {len(self.absent)} of {self.objects:,} objects of dvc.lock"
            raise StorageError(self.remote, problem, "Run `dvc push` where the cache holds them.")


def check_remote(
    repo: Repository, remote: str | None = None, advance: Callable[[int], None] = lambda _: None
) -> Pushed:
    """Ask a remote for every object that dvc.lock names, and for its length.

    Pulling hashes content, so it is not fetched here, but for lists of folders: DVC takes those as they are.

    Parameters
    ----------
    repo
        Of the checkout.
    remote
        Its name; the default one if None.
    advance
        Called with the number of objects done.
    """
    absent: dict[Tracked, str] = {}
    with repo.remote(remote) as store, ThreadPoolExecutor(max_workers=_REQUESTS) as pool:
        needed = list({obj.oid: obj for obj in tracked(repo, store)}.values())
        for obj, why in zip(needed, pool.map(lambda obj: _lacking(repo, store, obj), needed), strict=True):
            if why:
                absent[obj] = why
            advance(1)
        return Pushed(store.address, len(needed), absent)


def _lacking(repo: Repository, store: Store, obj: Tracked) -> str:
    """Say what the remote lacks of an object; empty where nothing."""
    if obj.is_folder:
        content = read_list(store, obj.oid)
        return "not on the remote" if content is None else "" if content else "damaged on the remote"
    try:
        size = store.size(obj.oid)
    except FileNotFoundError:
        return "not on the remote"
    expected = _size(repo, obj)
    if expected is None or size == expected:
        return ""
    return f"{size:,} bytes there instead of {expected:,}"


def _size(repo: Repository, obj: Tracked) -> int | None:
    """Return the bytes that an object should have, where that is known here."""
    if obj.size is not None:
        return obj.size
    path = repo.cache.path(obj.oid)
    return path.stat().st_size if path.exists() else None
