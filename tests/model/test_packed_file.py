"""A packed model's file: whole, sealed, of a known format, and what its record says; or refused."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.base.errors import ClaimsError, ModelError, ReleaseError
from claims.model.container import append_member, join_members, split_members
from claims.model.formats import FORMATS, NEWEST, seal_and_join
from claims.model.formats.format_1 import CONTENTS, DECISION_RULES
from claims.model.package import Package, unpack_file
from claims.model.packed_file import RECORD, append_record, parse_packed_file, read_packed_file
from keep_format import FORMATS as KEPT
from release_parts import CANDIDATE, FLATBUFFER, hashes_of, make_record

MEMBERS = split_members(CANDIDATE)[1]
RELEASE = append_record(CANDIDATE, make_record())
FILES = {path: path.read_bytes() for path in sorted(KEPT.glob("*/*.tflite"))}


def load(content: bytes) -> Package:
    return unpack_file(parse_packed_file(content, "model"))


PACKAGES = {path: load(content) for path, content in FILES.items()}


def test_it_comes_apart_as_it_was_packed() -> None:
    file = parse_packed_file(RELEASE, "model")
    assert (file.flatbuffer, file.members, file.format) == (FLATBUFFER, MEMBERS, NEWEST)
    assert file.record == make_record()


def test_the_record_is_the_last_member_and_changes_no_hash() -> None:
    assert [*split_members(RELEASE)[1]] == [*MEMBERS, RECORD]
    assert hashes_of(RELEASE) == hashes_of(CANDIDATE)
    assert parse_packed_file(CANDIDATE, "model").record is None


# Damage.

flips = st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=3)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
@settings(max_examples=60)
@given(shares=flips)
def test_a_flipped_bit_anywhere_is_refused_or_makes_no_difference(path: Path, shares: list[float]) -> None:
    content = bytearray(FILES[path])
    for share in shares:
        place, bit = divmod(int(share * len(content) * 8), 8)
        content[place] ^= 1 << bit
    try:
        assert load(bytes(content)) == PACKAGES[path]
    except ClaimsError as error:
        assert isinstance(error, ModelError)  # noqa: PT017 - or nothing is raised


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
@settings(max_examples=30)
@given(share=st.floats(0, 1, exclude_max=True), inserted=st.binary(max_size=3), cut=st.integers(0, 3))
def test_bytes_put_in_or_left_out_anywhere_are_refused(
    path: Path, share: float, inserted: bytes, cut: int
) -> None:
    content = FILES[path]
    place = int(share * len(content))
    altered = content[:place] + inserted + content[place + cut :]
    if altered == content:
        return
    with pytest.raises(ModelError):
        load(altered)


def test_damage_names_the_part() -> None:
    """A byte in the middle of the flatbuffer and of each member."""
    for content in FILES.values():
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
        middle = members[0].header_offset // 2
        assert_refused(content, middle, "its flatbuffer is not the one that was packed")
        for member in members:
            start = member.header_offset + 30 + len(member.filename)
            assert_refused(content, start + member.compress_size // 2, f"{member.filename} is damaged")


def assert_refused(content: bytes, place: int, message: str) -> None:
    altered = content[:place] + bytes([content[place] ^ 0x20]) + content[place + 1 :]
    with pytest.raises(ModelError, match=re.escape(message)):
        load(altered)


def resealed(**changes: str) -> bytes:
    """Return a file that is sealed, though by nobody who releases."""
    contents = dict.fromkeys(CONTENTS, "{}") | {f"{name}.json": text for name, text in changes.items()}
    return seal_and_join(FLATBUFFER, contents)


@pytest.mark.parametrize("name", ["format.json", *CONTENTS])
def test_a_member_that_was_exchanged_is_named(name: str) -> None:
    other = b'{"format": 1, "more": 0}' if name == "format.json" else b'{"more": 0}'
    with pytest.raises(ModelError, match=f"its {name} is not the one that was packed"):
        parse_packed_file(join_members(FLATBUFFER, MEMBERS | {name: other}), "model")


def test_a_flatbuffer_that_was_exchanged_is_named() -> None:
    with pytest.raises(ModelError, match="its flatbuffer is not the one that was packed"):
        parse_packed_file(join_members(FLATBUFFER + b"s", MEMBERS), "model")


def test_a_seal_over_more_than_there_is_is_refused() -> None:
    seal = MEMBERS["seal.json"].replace(b'"flatbuffer"', b'"more": "", "flatbuffer"')
    with pytest.raises(ModelError, match="its more is not the one that was packed"):
        parse_packed_file(join_members(FLATBUFFER, MEMBERS | {"seal.json": seal}), "model")


# Members.


@pytest.mark.parametrize("name", [name for name in MEMBERS if name != "format.json"])
def test_a_missing_member_is_named(name: str) -> None:
    members = {other: member for other, member in MEMBERS.items() if other != name}
    with pytest.raises(ModelError, match=f"without {name}"):
        parse_packed_file(join_members(FLATBUFFER, members), "model")


def test_without_its_number_a_file_is_none_of_format_0_either() -> None:
    members = {name: member for name, member in MEMBERS.items() if name != "format.json"}
    with pytest.raises(ModelError, match=r"without rules\.json"):
        parse_packed_file(join_members(FLATBUFFER, members), "model")


@pytest.mark.parametrize("content", [CANDIDATE, RELEASE], ids=["packed", "released"])
def test_an_unknown_member_is_named(content: bytes) -> None:
    with pytest.raises(ModelError, match=r"with an unknown member, (more|record)\.json"):
        parse_packed_file(append_member(content, "more.json", b"{}"), "model")


def test_a_member_that_stands_twice_is_named() -> None:
    with pytest.raises(ModelError, match=r"contract\.json stands twice"):
        parse_packed_file(append_member(CANDIDATE, "contract.json", b"{}"), "model")


def test_members_in_another_order_are_refused() -> None:
    turned = {name: MEMBERS[name] for name in reversed(MEMBERS)}
    with pytest.raises(ModelError, match="its members are in another order"):
        parse_packed_file(join_members(FLATBUFFER, turned), "model")


# Formats.


@pytest.mark.parametrize("more", [{}, {"more.json": b"{}"}], ids=["same members", "other members"])
@pytest.mark.parametrize("number", [b'{"format": 2}', b'{"format": 12, "by": "3.0"}'])
def test_a_newer_format_says_to_update(number: bytes, more: dict[str, bytes]) -> None:
    content = join_members(FLATBUFFER, MEMBERS | {"format.json": number} | more)
    with pytest.raises(ModelError, match=r"model: of format \d+, and this .* reads formats up to 1\. Update"):
        parse_packed_file(content, "model")


@pytest.mark.parametrize(
    "number", [b'{"format": 0}', b'{"format": "1"}', b'{"format": true}', b"{}", b"1", b""]
)
def test_an_illegal_number_is_refused(number: bytes) -> None:
    with pytest.raises(ModelError, match=r"an illegal member, format\.json"):
        parse_packed_file(join_members(FLATBUFFER, MEMBERS | {"format.json": number}), "model")


def test_every_format_has_a_kept_model() -> None:
    assert {path.parent.name for path in FILES} == {str(number) for number in range(len(FORMATS))}
    assert all(
        parse_packed_file(content, "").format == int(path.parent.name) for path, content in FILES.items()
    )


# The record inside.


def test_parts_that_were_not_released_are_named() -> None:
    for content, name in [
        (resealed(decision_rules='{"approve": 0}'), DECISION_RULES),
        (seal_and_join(FLATBUFFER + b"s", dict.fromkeys(CONTENTS, "{}")), "flatbuffer"),
    ]:
        with pytest.raises(ReleaseError, match=f"its {name} is not the one that was released"):
            parse_packed_file(append_record(content, make_record()), "model")


@pytest.mark.parametrize(
    "candidate", [{}, hashes_of(CANDIDATE) | {"more.json": "0"}], ids=["nothing", "more than there is"]
)
def test_a_record_of_other_parts_is_refused(candidate: dict[str, str]) -> None:
    with pytest.raises(ReleaseError, match="is not the one that was released"):
        parse_packed_file(append_record(CANDIDATE, make_record(candidate=candidate)), "model")


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (b"{}", r"model: record\.json: no release record"),
        (make_record().canonical() + b" ", r"model: record\.json: not in its canonical form"),
    ],
    ids=["no record", "another form"],
)
def test_a_record_that_is_none_is_refused(record: bytes, message: str) -> None:
    with pytest.raises(ReleaseError, match=message):
        parse_packed_file(append_member(CANDIDATE, RECORD, record), "model")


# Files.


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, r"no such file.*dvc repro.*ML_MODEL_PATH.*--model"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", r"Git LFS pointer.*git lfs pull"),
        (b"", r"not a TensorFlow Lite file.*dvc repro"),
        (b"PK\x05\x06" + bytes(18), r"not a TensorFlow Lite file"),
        (b"\x80\x04\x95 a pickle", r"not a TensorFlow Lite file"),
        (FLATBUFFER, r"no complete packed model.*dvc repro.*git checkout HEAD"),
        (RELEASE[:-20], r"no complete packed model.*dvc repro.*git checkout HEAD"),
    ],
    ids=["none", "a pointer", "empty", "a ZIP", "a pickle", "a bare flatbuffer", "cut short"],
)
def test_another_file_names_the_remedy(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "model.tflite"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match=message) as raised:
        read_packed_file(path)
    assert str(raised.value).startswith(str(path))
