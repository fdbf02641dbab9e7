"""Files without rows that name a subject all the same: an encoder's table of earlier claims, also packed."""

import mmap
import zipfile
import zlib
from pathlib import Path

DAMAGE = (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, RuntimeError, KeyError)


def mentions(path: Path, pseudonym: str) -> bool:
    """Say whether a pseudonym stands in a file, or in a member of the ZIP that it is or ends with.

    Raises
    ------
    One of `DAMAGE`, where the file or a member cannot be read.
    """
    wanted = pseudonym.encode()
    if not path.stat().st_size:
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.find(wanted) >= 0:
            return True
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as members:
        return any(wanted in members.read(name) for name in members.namelist())
