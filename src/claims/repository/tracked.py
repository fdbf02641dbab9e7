"""What ``dvc.lock`` names: the objects that the outputs of the pipeline need.

DVC keeps content under its MD5. A folder is an object too: a JSON list of its files, named ``<md5>.dir``.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from claims.repository.dvc import Repository, Store

FOLDER = ".dir"


@dataclass(frozen=True)
class Tracked:
    """One object that an output needs.

    Attributes
    ----------
    path
        Of the output, or of a file in it, from the root of the checkout.
    oid
        The object's name: the MD5 of its content; of a folder with ``.dir``.
    size
        Bytes that ``dvc.lock`` gives; None for folders and for files inside them.
    """

    path: str
    oid: str
    size: int | None = None

    @property
    def is_folder(self) -> bool:
        """Whether the object lists the files of a folder."""
        return self.oid.endswith(FOLDER)


def tracked(repo: Repository, remote: Store | None = None) -> list[Tracked]:
    """List the objects of all outputs that DVC caches; of a folder without a whole list, the list alone.

    Parameters
    ----------
    repo
        Of the checkout.
    remote
        Where to look for lists that the cache does not hold.
    """
    needed: list[Tracked] = []
    for output in repo.outputs():
        whole = Tracked(str(output.path), output.oid, output.size)
        needed.append(whole)
        if whole.is_folder:
            listed = listing(repo.cache, whole.oid) or (listing(remote, whole.oid) if remote else {})
            needed += [Tracked(str(output.path / name), oid) for name, oid in listed.items()]
    return needed


def listing(store: Store, oid: str) -> dict[str, str]:
    """Return the files of a folder and their objects; empty where the list is absent or damaged."""
    content = read_list(store, oid)
    if not content:
        return {}
    entries: list[dict[str, Any]] = json.loads(content)
    return {entry["relpath"]: entry["md5"] for entry in entries}


def read_list(store: Store, oid: str) -> bytes | None:
    """Read a folder's list as it is stored; empty where it is damaged, None where it is absent."""
    try:
        content = store.read(oid)
    except FileNotFoundError:
        return None
    whole = hashlib.md5(content, usedforsecurity=False).hexdigest() == oid.removesuffix(FOLDER)
    return content if whole else b""
