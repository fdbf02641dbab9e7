"""A flatbuffer and its members in one file: nothing else fits in, and nothing large gets out."""

import io
import struct
import subprocess
import tracemalloc
import zipfile
import zlib
from collections.abc import Mapping
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.model import container
from claims.model.container import ContainerError, append_member, join_members, split_members

FLATBUFFER = b"\0\0\0\0TFL3 weights"
MEMBERS = {"one.json": b"{}" * 40, "two.json": b"", "three.json": bytes(range(256))}
FILE = join_members(FLATBUFFER, MEMBERS)
NAMES = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)


def zipped(members: Mapping[str, bytes]) -> bytes:
    """Return what Python's own library writes behind the flatbuffer."""
    buffer = io.BytesIO(FLATBUFFER)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, member in members.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            archive.writestr(info, member, zipfile.ZIP_DEFLATED, compresslevel=9)
    return buffer.getvalue()


@given(st.binary(max_size=50), st.dictionaries(NAMES, st.binary(max_size=200), max_size=5))
def test_what_is_joined_comes_back(flatbuffer: bytes, members: dict[str, bytes]) -> None:
    assert split_members(join_members(flatbuffer, members)) == (flatbuffer, members)


@given(st.dictionaries(NAMES, st.binary(max_size=200), min_size=1, max_size=5))
def test_a_member_that_is_appended_is_the_last_one(members: dict[str, bytes]) -> None:
    *before, last = members
    content = join_members(FLATBUFFER, {name: members[name] for name in before})
    assert append_member(content, last, members[last]) == join_members(FLATBUFFER, members)


def test_any_unzip_reads_it(tmp_path: Path) -> None:
    """`unzip` ends with 1, a warning, where something stands before a ZIP."""
    (tmp_path / "file").write_bytes(FILE)
    tested = subprocess.run(["unzip", "-tq", tmp_path / "file"], capture_output=True, text=True, check=False)
    assert "No errors detected" in tested.stdout
    with zipfile.ZipFile(tmp_path / "file") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == MEMBERS


def test_it_is_what_pythons_own_library_writes() -> None:
    """So were files of format 0 written."""
    assert zipped(MEMBERS) == FILE


def test_every_bit_of_the_headers_counts() -> None:
    payload = {place for member in MEMBERS.values() for place in places_of(deflated(member))}
    headers = set(range(len(FLATBUFFER), len(FILE))) - payload
    assert len(headers) == 22 + sum(30 + 46 + 2 * len(name) for name in MEMBERS)
    for place in sorted(headers):
        for bit in range(8):
            with pytest.raises(ContainerError):
                split_members(flipped(FILE, place, bit))


def deflated(member: bytes) -> bytes:
    deflater = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return deflater.compress(member) + deflater.flush()


def places_of(part: bytes) -> range:
    return range(FILE.index(part), FILE.index(part) + len(part))


def flipped(content: bytes, place: int, bit: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1 << bit]) + content[place + 1 :]


@pytest.mark.parametrize("name", ["one.json", "three.json"])
def test_a_damaged_member_is_named(name: str) -> None:
    """The few bits that fill up a block's last byte say nothing, and change nothing."""
    places, silent = places_of(deflated(MEMBERS[name])), 0
    for place, bit in product(places, range(8)):
        try:
            assert split_members(flipped(FILE, place, bit)) == (FLATBUFFER, MEMBERS)
            silent += 1
        except ContainerError as error:
            assert str(error) == f"{name} is damaged"  # noqa: PT017 - some raise none
    assert silent < 12


def commented() -> bytes:
    buffer = io.BytesIO(FILE)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = b"hello"
    return buffer.getvalue()


def with_a_gap() -> bytes:
    """Return a file with bytes between members, to which no name leads."""
    buffer = io.BytesIO(FILE)
    with zipfile.ZipFile(buffer, "a") as archive:
        for name in [*MEMBERS][1:]:
            archive.filelist.remove(archive.NameToInfo.pop(name))
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), MEMBERS[name], 8, 9)
    return buffer.getvalue()


def reshaped(member: bytes, packed: bytes) -> bytes:
    """Return a file of one member that holds other bytes than its header tells."""
    entry = container._Member("one.json", zlib.crc32(member), len(member), packed)
    return FLATBUFFER + container._archive(len(FLATBUFFER), [entry])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "its end is not"),
        (FLATBUFFER * 3, "its end is not"),
        (FILE + b"MORE", "its end is not"),
        (FILE[:-1], "its end is not"),
        (FILE[1:], "its end is not"),
        (FLATBUFFER + FILE, "its end is not"),
        (commented(), "its end is not"),
        (zipped(MEMBERS | {"ä.json": b"{}"}), "its end is not"),
        (reshaped(b"ab", deflated(b"ab") + b"hidden"), r"one\.json is damaged"),
        (reshaped(b"ab", deflated(b"abc")), r"one\.json is damaged"),
        (reshaped(b"abc", deflated(b"ab")), r"one\.json is damaged"),
        (reshaped(b"ab", deflated(b"ba")), r"one\.json is damaged"),
        (reshaped(b"ab", deflated(b"ab")[:-1]), r"one\.json is damaged"),
    ],
    ids=[
        "nothing",
        "no members",
        "more behind",
        "cut short",
        "less before",
        "more before",
        "a comment",
        "a name that is not ASCII",
        "more in a member",
        "a longer member",
        "a shorter member",
        "another member",
        "an open end",
    ],
)
def test_anything_else_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(ContainerError, match=message):
        split_members(content)


def test_bytes_that_no_name_leads_to_are_refused() -> None:
    content = with_a_gap()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == MEMBERS
    with pytest.raises(ContainerError, match="holds something besides its members"):
        split_members(content)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_twice_is_refused() -> None:
    buffer = io.BytesIO(FILE)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("one.json", "another")
    with pytest.raises(ContainerError, match=r"one\.json stands twice"):
        split_members(buffer.getvalue())


def test_members_too_large_are_refused_before_they_are_decompressed(monkeypatch) -> None:
    """Twenty zeros a member, of which three are one too many."""
    monkeypatch.setattr(container, "LARGEST", 59)
    content = join_members(FLATBUFFER, {name: bytes(20) for name in ("one", "two", "three")})
    with monkeypatch.context() as patch:
        patch.setattr(container, "_inflate", lambda member: pytest.fail(f"decompressed {member.name}"))
        with pytest.raises(ContainerError, match="members of 60 bytes, where 59 is the most"):
            split_members(content)
    monkeypatch.setattr(container, "LARGEST", 60)
    assert len(split_members(content)[1]) == 3


def test_a_member_that_hides_its_size_is_never_decompressed_whole() -> None:
    """A hundred megabytes of zeros that say to be ten bytes."""
    packed = deflated(bytes(100 * 2**20))
    entry = container._Member("one.json", 0, 10, packed)
    content = FLATBUFFER + container._archive(len(FLATBUFFER), [entry])
    tracemalloc.start()
    with pytest.raises(ContainerError, match=r"one\.json is damaged"):
        split_members(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**20


def test_many_members_that_share_their_bytes_are_refused_at_once() -> None:
    """A directory of 60,000 entries that lead to the same place."""
    local = len(FLATBUFFER)
    entry = struct.pack("<4s6H3I5H2I", b"PK\1\2", 0, 0, 0, 8, 0, 0, 0, 80, 0, 5, 0, 0, 0, 0, 0, local)
    directory = b"".join(entry + b"%05d" % number for number in range(60_000))
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 60_000, 60_000, len(directory), len(FILE), 0)
    with pytest.raises(ContainerError, match="altered"):
        split_members(FILE + directory + end)
