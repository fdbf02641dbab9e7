"""The record inside the model file, its last member: a model knows which release it is."""

import hashlib
from pathlib import Path

from claims.base.errors import ModelError, ReleaseError
from claims.model.container import DAMAGE, append_members, read_model, take_apart
from claims.model.record import Record

RECORD = "record.json"
FLATBUFFER = "flatbuffer"
_RESTORE = "Take the released file again: in a checkout, `git checkout HEAD -- models/tflite_models`."


def append_record(packed: bytes, record: Record) -> bytes:
    """The released file: the verified candidate's bytes with the record as last member."""
    return append_members(packed, {RECORD: record.canonical()})


def hash_members(packed: bytes) -> dict[str, str]:
    """SHA-256 of the flatbuffer and of each packed member, without the record.

    Raises
    ------
    One of `claims.model.container.DAMAGE`, where it is cut short.
    """
    flatbuffer, members = take_apart(packed)
    hashed = {FLATBUFFER: flatbuffer} | {name: part for name, part in members.items() if name != RECORD}
    return {name: hashlib.sha256(part).hexdigest() for name, part in sorted(hashed.items())}


def packed_record(path: Path) -> Record:
    """The record of a released model; see `record_in`."""
    return record_in(read_model(path), str(path))


def record_in(content: bytes, name: str) -> Record:
    """The record of a released model, whose members are those that it names.

    Raises
    ------
    ModelError
        Where it is no packed model.
    ReleaseError
        Where it was not released, or is not what was.
    """
    try:
        hashes, raw = hash_members(content), take_apart(content)[1].get(RECORD)
    except DAMAGE as error:
        raise ModelError(name, f"no complete packed model ({error})", _RESTORE) from None
    if raw is None:
        raise ReleaseError(name, "not a released model: it holds no record", "Give one of a release.")
    record = Record.parse(raw, f"{name}: {RECORD}")
    if wrong := sorted(set(hashes.items()) ^ set(record.candidate.items())):
        raise ReleaseError(name, f"its {wrong[0][0]} is not the one that was released", _RESTORE)
    return record
