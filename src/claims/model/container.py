"""The file that a model is: a TensorFlow Lite flatbuffer, members appended as a ZIP where it is packed."""

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from claims.base.errors import ModelError

_STAMP = (1980, 1, 1, 0, 0, 0)  # the earliest a ZIP can hold: no clock enters the file
DAMAGE = (zipfile.BadZipFile, zlib.error, KeyError, ValueError, OSError, EOFError, RuntimeError)
REBUILD = "Build it again with `dvc repro`."
_POINTER = b"version https://git-lfs"
_IDENTIFIER = b"TFL3"


def read_model(path: Path) -> bytes:
    """A file that is a TensorFlow Lite model, packed or not.

    Raises
    ------
    ModelError
        It is absent, a Git LFS pointer or something else.
    """
    if not path.is_file():
        raise ModelError(str(path), "no such file", "Run `dvc repro`, or mend ML_MODEL_PATH or --model.")
    content = path.read_bytes()
    if content.startswith(_POINTER):
        raise ModelError(
            str(path), "a Git LFS pointer, not the model", "Run `git lfs pull` (Git LFS must be installed)."
        )
    if content[4:8] != _IDENTIFIER:
        raise ModelError(str(path), "not a TensorFlow Lite file", REBUILD)
    return content


def append_members(content: bytes, members: Mapping[str, str | bytes]) -> bytes:
    """The file with members more, at its end; the same bytes for the same members."""
    buffer = io.BytesIO(content)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, member in members.items():
            archive.writestr(zipfile.ZipInfo(name, _STAMP), member, zipfile.ZIP_DEFLATED, compresslevel=9)
    return buffer.getvalue()


def take_apart(content: bytes) -> tuple[bytes, dict[str, bytes]]:
    """The flatbuffer, and the members by name.

    Raises
    ------
    One of `DAMAGE`, where it is cut short or altered.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
        return content[: min(info.header_offset for info in archive.infolist())], members
