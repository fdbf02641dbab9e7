"""Files and folders written whole: what stood there stays until what is new is complete and on disk.

What is new is made in a folder of its own beside the target, ``NAME.<random>.partial``, which Git and DVC
ignore, and takes the target's name by one rename. So a writer that fails or is killed leaves the old content,
two writers never share a file, and no link is followed: one that stands in the target's place is replaced.
"""

import errno
import fcntl
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from claims.base.errors import WriteError

PARTIAL = ".partial"
_LONGEST = 50  # characters of the target's name: with token and suffix within a file system's 255 bytes
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all; text as UTF-8, line ends as they are. See `replacing`."""
    with replacing(path) as new:
        new.write_bytes(content.encode() if isinstance(content, str) else content)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Be the only one of all processes in this block for a folder, which is made where it is not there.

    The folder itself is locked, so that no file of it stands for the lock.
    """
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Make a file or a folder aside, and put it in its place once the block has ended well.

    Folders on the way are made. Permissions are those of any new file. A file is replaced at once; between
    the two renames that replace a folder, there is none for a moment.

    Parameters
    ----------
    path
        The target.

    Yields
    ------
    A path of the same name at which nothing is yet, in a folder that is this writer's own.

    Raises
    ------
    WriteError
        Its folder cannot be written, the disk is full, or a folder lies where a file is to be.
    """
    with _naming(path):
        aside, lock = _reserve(path)
    try:
        with _naming(path, _FULL):
            yield aside / path.name
        with _naming(path):
            _sync(aside / path.name)
            _put(aside / path.name, path)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        os.close(lock)


@contextmanager
def _naming(path: Path, kinds: tuple[int, ...] | None = None) -> Iterator[None]:
    """Name the target where the system refuses; None: for whatever reason."""
    try:
        yield
    except OSError as error:
        if kinds is not None and error.errno not in kinds:
            raise
        reason = os.strerror(error.errno) if error.errno else str(error)
        remedy = "Mend the path, the permissions of its folder or the space on its disk."
        raise WriteError(str(path), f"cannot be written ({reason})", remedy) from None


def _reserve(path: Path) -> tuple[Path, int]:
    """Make a new folder beside the target, and a lock on it that ends with this process."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep(path)
    while True:
        aside = path.with_name(f"{path.name[:_LONGEST]}.{secrets.token_hex(8)}{PARTIAL}")
        aside.mkdir()
        with suppress(FileNotFoundError):
            lock = os.open(aside, os.O_RDONLY)
            with suppress(OSError):  # a file system without locks: nobody sweeps there
                fcntl.flock(lock, fcntl.LOCK_EX)
            if aside.exists():  # not swept before it was locked
                return aside, lock
            os.close(lock)


def _sweep(path: Path) -> None:
    """Remove what killed writers of the target left: folders that nobody holds a lock on."""
    ours = re.compile(re.escape(path.name[:_LONGEST]) + r"\.[0-9a-f]{16}" + re.escape(PARTIAL))
    for left in [entry for entry in path.parent.iterdir() if ours.fullmatch(entry.name)]:
        with suppress(OSError):
            lock = os.open(left, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left)
            finally:
                os.close(lock)


def _sync(path: Path) -> None:
    """See to it that a file, or a folder with all in it, is on disk."""
    if path.is_dir() and not path.is_symlink():
        for inner in path.iterdir():
            _sync(inner)
    if not path.is_symlink():
        _flush(path)


def _flush(path: Path) -> None:
    """See to it that a file's bytes, or a folder's names, are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _put(new: Path, target: Path) -> None:
    """Give what is new the target's name."""
    if not new.is_dir():
        new.replace(target)  # refuses a folder
    elif not os.path.lexists(target):
        new.rename(target)
    else:
        _exchange(new, target)
    _flush(target.parent)


def _exchange(new: Path, target: Path) -> None:
    """Put a folder in the place of what is there, which goes with the folder of what is new."""
    old = new.with_name(new.name + ".old")
    try:
        target.rename(old)
        new.rename(target)
    except BaseException:  # an interrupt too
        if not os.path.lexists(target):
            old.rename(target)
        raise
