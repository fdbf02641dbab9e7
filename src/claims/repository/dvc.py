"""The DVC repository and its remotes, with what they raise shown as one line."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dvc.exceptions import DvcException
from dvc.repo import Repo
from dvc_data.hashfile.db import HashFileDB

from claims.base.errors import ClaimsError, StorageError, first_line
from claims.base.urls import mask_urls

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
def reaching(repo: Repo, remote: str | None) -> Iterator[HashFileDB]:
    """Where a remote keeps its objects.

    Parameters
    ----------
    repo
        Of the checkout.
    remote
        Name in .dvc/config; the default one if None.

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
        yield repo.cloud.get_remote_odb(remote, "fetch")


@contextmanager
def _told(thing: str, remedy: str, kind: type[Exception]) -> Iterator[None]:
    try:
        yield
    except (ClaimsError, BrokenPipeError):
        raise
    except kind as error:
        raise StorageError(thing, mask_urls(first_line(error)), remedy) from None
