"""A packed model's file taken apart: whole, sealed, and what its release recorded, or not read at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from claims.base.errors import ModelError, ReleaseError
from claims.base.lfs import is_pointer
from claims.model.container import ContainerError, append_member, split_members
from claims.model.formats import FORMATS, NEWEST, read_number
from claims.model.formats.format import MemberError, Members, hash_parts
from claims.model.record import Record

RECORD = "record.json"
_IDENTIFIER = b"TFL3"
_REBUILD = "Build it again with `dvc repro`"
_RESTORE = "take a released one again: `git checkout HEAD -- models/tflite_models`."
REMEDY = f"{_REBUILD}, or {_RESTORE}"


@dataclass(frozen=True)
class PackedFile:
    """The parts of a packed model.

    Attributes
    ----------
    name
        The file's, for errors.
    flatbuffer
        The TensorFlow Lite graph.
    members
        Members by name in the order of the file, without the record.
    format
        The format's number.
    record
        Of the release; None in a model that was not released.
    """

    name: str
    flatbuffer: bytes
    members: Members
    format: int
    record: Record | None

    @cached_property
    def hashes(self) -> dict[str, str]:
        """Return the SHA-256 of the flatbuffer and of each member, by which a record names them."""
        return dict(sorted(hash_parts(self.flatbuffer, self.members).items()))


def read_packed_file(path: Path) -> PackedFile:
    """Read a packed model, of any format.

    Raises
    ------
    ModelError
        It is absent, a Git LFS pointer, damaged, of a newer format, or not what was packed.
    ReleaseError
        It is not what its own record says was released.
    """
    if not path.is_file():
        raise ModelError(str(path), "no such file", "Run `dvc repro`, or mend ML_MODEL_PATH or --model.")
    return parse_packed_file(path.read_bytes(), str(path))


def parse_packed_file(content: bytes, name: str) -> PackedFile:
    """Take the bytes of a packed model apart as `read_packed_file` does; the name is for errors."""
    _check_kind(content, name)
    try:
        flatbuffer, members = split_members(content)
        number = read_number(members)
        _check_known(number, name)
        raw = members.pop(RECORD) if list(members)[-1:] == [RECORD] else None
        _check_names(members, FORMATS[number].names)
        altered = FORMATS[number].find_altered(flatbuffer, members)
    except MemberError as error:
        raise ModelError(name, f"an illegal member, {error}", REMEDY) from None
    except ContainerError as error:
        raise ModelError(name, f"no complete packed model ({error})", REMEDY) from None
    if altered:
        raise ModelError(name, f"its {altered} is not the one that was packed", REMEDY)
    record = None if raw is None else Record.parse(raw, f"{name}: {RECORD}")
    file = PackedFile(name, flatbuffer, members, number, record)
    _check_record(file)
    return file


def append_record(content: bytes, record: Record) -> bytes:
    """Return the released file: the verified candidate's bytes with the record as last member."""
    return append_member(content, RECORD, record.canonical())


def _check_kind(content: bytes, name: str) -> None:
    if is_pointer(content):
        problem = "a Git LFS pointer, not the model"
        raise ModelError(name, problem, "Run `git lfs pull` (Git LFS must be installed).")
    if content[4:8] != _IDENTIFIER:
        raise ModelError(name, "not a TensorFlow Lite file", REMEDY)


def _check_known(number: int, name: str) -> None:
    if number > NEWEST:
        problem = f"of format {number}, and this version of claims-mlops reads formats up to {NEWEST}"
        raise ModelError(name, problem, "Update claims-mlops.")


def _check_names(members: Members, names: Sequence[str]) -> None:
    """Refuse other members than those of the format, or another order."""
    if missing := [name for name in names if name not in members]:
        raise ContainerError(f"without {missing[0]}")
    if unknown := [name for name in members if name not in names]:
        raise ContainerError(f"with an unknown member, {unknown[0]}")
    if tuple(members) != tuple(names):
        raise ContainerError("its members are in another order")


def _check_record(file: PackedFile) -> None:
    """Refuse parts that are not those which the record inside names."""
    if file.record is None:
        return
    if wrong := sorted(set(file.hashes.items()) ^ set(file.record.candidate.items())):
        problem = f"its {wrong[0][0]} is not the one that was released"
        raise ReleaseError(file.name, problem, REMEDY)
