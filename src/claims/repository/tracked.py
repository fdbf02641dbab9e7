"""What ``dvc.lock`` names: the objects that the outputs of the pipeline need.

DVC keeps content under its MD5. A folder is an object too: a JSON list of its files, named ``<md5>.dir``.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from dvc.repo import Repo
from dvc_data.hashfile.db import HashFileDB

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


def tracked(repo: Repo, remote: HashFileDB | None = None) -> list[Tracked]:
    """Objects of all outputs that DVC caches; of a folder whose list is nowhere whole, the list alone.

    Parameters
    ----------
    repo
        Of the checkout.
    remote
        Where to look for lists that the cache does not hold.
    """
    found: list[Tracked] = []
    for out in repo.index.outs:
        if not (out.use_cache and out.hash_info and out.hash_info.value):
            continue
        path = PurePosixPath(Path(out.fs_path).relative_to(repo.root_dir))
        whole = Tracked(str(path), out.hash_info.value, None if out.hash_info.isdir else out.meta.size)
        found.append(whole)
        if whole.is_folder:
            listed = listing(repo.cache.local, whole.oid) or (listing(remote, whole.oid) if remote else {})
            found += [Tracked(str(path / name), oid) for name, oid in listed.items()]
    return found


def listing(store: HashFileDB, oid: str) -> dict[str, str]:
    """Names of the files in a folder and their objects; empty where the list is absent or damaged."""
    content = read_list(store, oid)
    if not content:
        return {}
    entries: list[dict[str, Any]] = json.loads(content)
    return {entry["relpath"]: entry["md5"] for entry in entries}


def read_list(store: HashFileDB, oid: str) -> bytes | None:
    """A folder's list as it is stored; empty where it is damaged, None where it is absent."""
    try:
        content: bytes = store.fs.cat_file(store.oid_to_path(oid))
    except FileNotFoundError:
        return None
    whole = hashlib.md5(content, usedforsecurity=False).hexdigest() == oid.removesuffix(FOLDER)
    return content if whole else b""
