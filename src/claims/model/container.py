"""One file of a TensorFlow Lite flatbuffer and the members behind it, which any ``unzip`` lists.

`zipfile` forgives what a sealed file must not hold: bytes before, between and behind members, comments, names
that stand twice, sizes that lie. So headers are written here, with nothing in them but what the members
demand, and a file is read only where its headers are, byte for byte, those that would be written.

Source: PKWARE, APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.
"""

import struct
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

LARGEST = 512 * 2**20  # bytes of all members of a file, decompressed
_LEVEL = 9
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_VERSION, _UNIX, _DEFLATED = 20, 3 << 8, 8
_MIDNIGHT, _FIRST_DAY = (
    0,
    1 << 5 | 1,
)  # 1980-01-01, a ZIP's earliest: no clock enters
_READABLE = 0o600 << 16


class ContainerError(ValueError):
    """Bytes that are no flatbuffer with members: cut short, altered, or with something besides."""


class _Member(NamedTuple):
    """A member as the file holds it: ``size`` bytes of which `zlib.crc32` is ``crc``, deflated."""

    name: str
    crc: int
    size: int
    deflated: bytes | memoryview


def join_members(flatbuffer: bytes, members: Mapping[str, bytes]) -> bytes:
    """Put members behind a flatbuffer; the same bytes for the same members."""
    deflated = [_deflate(name, content) for name, content in members.items()]
    return flatbuffer + _archive(len(flatbuffer), deflated)


def append_member(content: bytes, name: str, member: bytes) -> bytes:
    """Add a last member to a file; those before keep their bytes.

    Raises
    ------
    ContainerError
        The file is damaged.
    """
    start, members = _read_directory(content)
    return content[:start] + _archive(start, [*members, _deflate(name, member)])


def split_members(content: bytes) -> tuple[bytes, dict[str, bytes]]:
    """Return the flatbuffer, and the members by name in the order of the file.

    Raises
    ------
    ContainerError
        The file is damaged, holds something besides, or more than `LARGEST` bytes.
    """
    start, members = _read_directory(content)
    size = sum(member.size for member in members)
    if size > LARGEST:
        raise ContainerError(f"members of {size:,} bytes, where {LARGEST:,} is the most")
    return content[:start], {member.name: _inflate(member) for member in members}


def _deflate(name: str, content: bytes) -> _Member:
    deflater = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    deflated = deflater.compress(content) + deflater.flush()
    return _Member(name, zlib.crc32(content), len(content), deflated)


def _inflate(member: _Member) -> bytes:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        content = inflater.decompress(member.deflated, member.size + 1)
    except zlib.error:
        raise ContainerError(f"{member.name} is damaged") from None
    is_whole = inflater.eof and not inflater.unused_data
    if not is_whole or len(content) != member.size or zlib.crc32(content) != member.crc:
        raise ContainerError(f"{member.name} is damaged")
    return content


def _archive(start: int, members: Sequence[_Member]) -> bytes:
    """Return the ZIP of these members that begins at a place of the file."""
    files, directory, place = [], [], start
    for member in members:
        name, sizes = member.name.encode("ascii"), (len(member.deflated), member.size)
        shared = (_VERSION, 0, _DEFLATED, _MIDNIGHT, _FIRST_DAY, member.crc, *sizes, len(name), 0)
        file = b"".join([_LOCAL.pack(b"PK\3\4", *shared), name, member.deflated])
        entry = _CENTRAL.pack(b"PK\1\2", _UNIX | _VERSION, *shared, 0, 0, 0, _READABLE, place)
        files.append(file)
        directory.append(entry + name)
        place += len(file)
    count, size = len(members), sum(map(len, directory))
    end = _END.pack(b"PK\5\6", 0, 0, count, count, size, place, 0)
    return b"".join([*files, *directory, end])


def _read_directory(content: bytes) -> tuple[int, list[_Member]]:
    """Return the place at which the ZIP begins, and its members, which are all that is in it."""
    try:
        members = _parse_directory(memoryview(content))
    except (struct.error, ValueError):
        raise ContainerError("its end is not that of a packed model") from None
    names = Counter(member.name for member in members)
    if twice := [name for name, count in names.items() if count > 1]:
        raise ContainerError(f"{twice[0]} stands twice")
    headers = _END.size + sum(_LOCAL.size + _CENTRAL.size + 2 * len(name) for name in names)
    start = len(content) - headers - sum(len(member.deflated) for member in members)
    if start < 0 or content[start:] != _archive(start, members):
        raise ContainerError("its ZIP is altered, or holds something besides its members")
    return start, members


def _parse_directory(content: memoryview) -> list[_Member]:
    """Read the members that a directory names, whatever else is there."""
    mark, _, _, count, _, _, place, _ = _END.unpack(content[-_END.size :])
    if mark != b"PK\5\6":
        raise ValueError("no end of a ZIP")
    members = []
    for _ in range(count):
        fields = _CENTRAL.unpack_from(content, place)
        crc, deflated_size, size, name_size, offset = *fields[7:11], fields[-1]
        place += _CENTRAL.size + name_size
        name = str(content[place - name_size : place], "ascii")
        start = offset + _LOCAL.size + name_size
        members.append(_Member(name, crc, size, content[start : start + deflated_size]))
    return members
