"""Whether a released model is what was released, and nothing besides."""

import io
import zipfile
from pathlib import Path

from claims.base.errors import ReleaseError
from claims.model.container import read_model, take_apart
from claims.model.record import Record
from claims.model.released import record_in
from claims.registry.registry import Registry

_LOCAL, _CENTRAL, _END = 30, 46, 22  # bytes of a ZIP's headers without names: of a member twice, of the file


def check_model(registry: Registry, record: Record) -> Path:
    """The file of a release's model, in which are its record, the members that it names, and nothing else.

    Raises
    ------
    ModelError, ReleaseError
        Where it is absent, a Git LFS pointer, or something else.
    """
    path = registry.model_path(record.number)
    restore = f"Restore it: `git checkout HEAD -- {path.relative_to(registry.root)}`."
    content = read_model(path)
    if record_in(content, str(path)) != record:
        raise ReleaseError(str(path), "holds another record", restore)
    more = len(content) - _size(content)
    if more:
        found = f"{more:,} bytes longer than what was released"
        raise ReleaseError(str(path), found, restore)
    return path


def _size(content: bytes) -> int:
    """Of flatbuffer and members alone, each named once: without comments, gaps, and what comes behind."""
    flatbuffer, _ = take_apart(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {info.filename: info for info in archive.infolist()}.values()
    headers = _LOCAL + _CENTRAL
    return len(flatbuffer) + _END + sum(headers + 2 * len(m.filename) + m.compress_size for m in members)
