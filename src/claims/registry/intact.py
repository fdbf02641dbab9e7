"""Whether a released model is the one that its record is of."""

from pathlib import Path

from claims.base.errors import ReleaseError
from claims.model.origin import released_record
from claims.model.packed_file import read_packed_file
from claims.model.record import Record
from claims.registry.registry import Registry


def check_model(registry: Registry, record: Record) -> Path:
    """Return the file of a release's model, which holds its record, the members that it names, and no more.

    Raises
    ------
    ModelError, ReleaseError
        Where it is absent, a Git LFS pointer, or something else.
    """
    path = registry.model_path(record.number)
    if released_record(read_packed_file(path)) != record:
        restore = f"Restore it: `git checkout HEAD -- {path.relative_to(registry.root)}`."
        raise ReleaseError(str(path), "holds another record", restore)
    return path
