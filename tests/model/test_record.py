"""A record: one form, one identity, and nothing else passes for it."""

import datetime as dt
import hashlib
import json
import subprocess
import zipfile
from pathlib import Path

import pytest

from claims.base.errors import ReleaseError
from claims.model.record import Record, read_record
from claims.model.signing import check_signature
from keep_format import FORMATS, KEY, RELEASED, SIGNATURE
from release_parts import make_record


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "1.json"
    path.write_bytes(make_record().canonical())
    return path


def test_a_record_reads_back_with_its_numbers_and_texts(written: Path) -> None:
    record = make_record(params={"small": 1e-05, "whole": 5.0, "text": "\u2028ü", "none": None})
    written.write_bytes(record.canonical())
    assert read_record(written) == record
    assert "ü" in written.read_text(encoding="utf-8")


def test_its_identity_is_what_sha256sum_says_of_its_file(written: Path) -> None:
    said = subprocess.run(["sha256sum", written], capture_output=True, text=True, check=True).stdout.split()[
        0
    ]
    assert read_record(written).identity == said == hashlib.sha256(written.read_bytes()).hexdigest()


def test_the_order_of_keys_does_not_matter() -> None:
    one, other = make_record(params={"a": 1, "b": 2}), make_record(params={"b": 2, "a": 1})
    assert one.canonical() == other.canonical()


def test_one_changed_value_is_another_identity() -> None:
    assert make_record(params={"seed": 7}).identity != make_record(params={"seed": 8}).identity


@pytest.mark.parametrize(
    "altered",
    [
        lambda text: json.dumps(json.loads(text), indent=1),
        lambda text: text + "\n",
        lambda text: text.replace('"seed":7', '"seed":7,"seed":7'),
        lambda text: text.replace("0.00001", "1e-05"),
    ],
    ids=["indented", "a line's end", "a key twice", "another form of a number"],
)
def test_the_same_content_in_another_form_is_refused(written: Path, altered) -> None:
    written.write_text(altered(written.read_text()))
    with pytest.raises(ReleaseError, match=r"1\.json: not in its canonical form"):
        read_record(written)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no release record"),
        (b"\xff\xfe", "no release record"),
        (b'{"number":1}', r"no release record \(variant: Field required\)"),
        (make_record().canonical().replace(b'"variant"', b'"varinat"'), r"no release record \(varia?n"),
    ],
    ids=["empty", "no text", "cut short", "unknown key"],
)
def test_what_is_no_record_is_refused(written: Path, content: bytes, message: str) -> None:
    written.write_bytes(content)
    with pytest.raises(ReleaseError, match=message):
        read_record(written)


def test_a_number_that_there_is_not_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="7: no such release"):
        read_record(tmp_path / "7.json")


def test_a_new_record_names_its_form_and_has_the_bytes_that_rfc_8785_gives() -> None:
    """Numbers as ECMAScript writes them, and keys in the order of their UTF-16 units."""
    content = make_record(params={"\U0001f600": 5.0, "\ufb33": 1e-7, "a": [1e21, 0.1, True]}).canonical()
    assert content.startswith(b'{"candidate":{')
    assert b'"canonical_form":"RFC 8785"' in content
    assert '"params":{"a":[1e+21,0.1,true],"\U0001f600":5,"\ufb33":1e-7}'.encode() in content


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (float("nan"), "nan is not representable"),
        (float("inf"), "inf is not representable"),
        (2**53, "9007199254740992 exceeds"),
        (-(2**53), "-9007199254740992 exceeds"),
        (1e16, "10000000000000000 exceeds"),
        (dt.date(2025, 1, 31), "unsupported type"),
        ({1: 2}, "keys must be strings"),
        ("\ud800", "non-UTF-8"),
    ],
)
def test_what_has_no_canonical_form_is_refused_in_plain_words(value: object, message: str) -> None:
    with pytest.raises(ReleaseError, match=f"record of release 1: has no canonical form .*{message}"):
        make_record(params={"value": value}).canonical()


@pytest.mark.parametrize("value", [2**53 - 1, -(2**53 - 1), 9.5e15 / 2, 1e300, 5e-324, -0.0])
def test_the_largest_and_the_smallest_numbers_come_back(written: Path, value: float) -> None:
    written.write_bytes(make_record(params={"value": value}).canonical())
    assert read_record(written).params == {"value": value}


# Records that were made before the form was named.


@pytest.fixture(scope="module")
def old() -> bytes:
    """The record of a release of format 0, as it lies in the kept file."""
    with zipfile.ZipFile(FORMATS / "0" / RELEASED) as archive:
        return archive.read("record.json")


def test_an_old_record_keeps_its_bytes_and_its_identity(written: Path, old: bytes) -> None:
    written.write_bytes(old)
    record = read_record(written)
    assert b"canonical_form" not in old
    assert (record.canonical_form, record.canonical()) == (None, old)
    assert record.identity == hashlib.sha256(old).hexdigest()


def test_the_signature_of_an_old_record_still_holds(old: bytes) -> None:
    folder = FORMATS / "0"
    signature = (folder / SIGNATURE).read_bytes()
    check_signature(Record.parse(old, "old"), signature, folder / KEY)
    with pytest.raises(ReleaseError, match="its signature is not by"):
        check_signature(Record.parse(old.replace(b'"seed":7', b'"seed":8'), "old"), signature, folder / KEY)


@pytest.mark.parametrize(
    "altered",
    [
        lambda old: old.replace(b"1e-05", b"0.00001"),
        lambda old: old.replace(b'"code"', b'"canonical_form":null,"code"'),
        lambda old: old.replace(b'"code"', b'"canonical_form":"RFC 8785","code"'),
    ],
    ids=["today's form", "a form that is null", "today's name"],
)
def test_an_old_record_in_another_form_is_refused(old: bytes, altered) -> None:
    assert altered(old) != old
    with pytest.raises(ReleaseError, match="old: not in its canonical form"):
        Record.parse(altered(old), "old")


def test_a_form_that_there_is_not_is_refused() -> None:
    content = make_record().canonical().replace(b"RFC 8785", b"RFC 9999")
    with pytest.raises(
        ReleaseError, match=r"new: no release record .canonical_form: Input should be 'RFC 8785'"
    ):
        Record.parse(content, "new")
