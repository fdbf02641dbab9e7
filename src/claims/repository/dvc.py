"""The DVC repository and its remotes, with what they raise shown as one line."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dvc.exceptions import DvcException
from dvc.repo import Repo
from dvc.utils import dict_sha256
from dvc_data.hashfile.db import HashFileDB

from claims.base.errors import ClaimsError, StorageError, first_line
from claims.base.urls import mask_urls

_UNHASHED = ["size", "nfiles"]  # of outputs and dependencies, in the name of a run
_LOGGERS = ("gcsfs", "azure")  # print whole tracebacks before they raise


@contextmanager
def open_repo(root: Path) -> Iterator[Repo]:
    """The DVC repository around a folder.

    Raises
    ------
    StorageError
        There is none, its files are not legal, or another DVC is at work.
    """
    remedy = "Run it inside the checkout, with no other DVC at work."
    with _told("dvc", remedy, DvcException), Repo(str(root)) as repo:
        yield repo


@contextmanager
def reaching(repo: Repo, remote: str | None, *, runs: bool = False) -> Iterator[HashFileDB]:
    """Where a remote keeps its objects, or its run cache.

    Parameters
    ----------
    repo
        Of the checkout.
    remote
        Name in .dvc/config; the default one if None.
    runs
        Where the remote keeps the run cache, in its folder ``runs``.

    Raises
    ------
    StorageError
        The remote is unknown, its package is not installed, or it cannot be reached.
    """
    for library in _LOGGERS:
        logging.getLogger(library).setLevel(logging.CRITICAL)
    name = remote or repo.config["core"].get("remote") or "(none is the default)"
    # botocore's, asyncssh's, fsspec's: their errors share no class
    with _told(f"remote {name}", "docs/storage.md says what each remote needs.", Exception):
        yield repo.cloud.get_remote_odb(remote, "fetch", hash_name="md5-dos2unix" if runs else "md5")


def name_of_run(run: dict[str, Any]) -> tuple[str, str]:
    """The two hashes under which the run cache keeps a run: of what it read, and of all that it says.

    Raises
    ------
    KeyError, TypeError, ValueError
        Where it is no run.
    """
    if set(run) - {"cmd", "deps", "params", "outs"} or not all(
        run.get(key) for key in ("cmd", "deps", "outs")
    ):
        raise ValueError("no run")
    key = run | {"outs": [out["path"] for out in run["outs"]]}
    return dict_sha256(key, exclude=_UNHASHED), dict_sha256(run, exclude=_UNHASHED)


@contextmanager
def _told(thing: str, remedy: str, kind: type[Exception]) -> Iterator[None]:
    try:
        yield
    except (ClaimsError, BrokenPipeError):
        raise
    except kind as error:
        raise StorageError(thing, mask_urls(first_line(error)), remedy) from None
