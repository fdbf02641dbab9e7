"""A record: one form, one identity, and nothing else passes for it."""

import hashlib
import json
import subprocess
from pathlib import Path

import pytest

from claims.base.errors import ReleaseError
from claims.model.record import read_record
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
        lambda text: text.replace("1e-05", "0.00001"),
    ],
    ids=["indented", "a line's end", "a key twice", "another form of a number"],
)
def test_the_same_content_in_another_form_is_refused(written: Path, altered) -> None:
    written.write_text(altered(written.read_text()))
    with pytest.raises(ReleaseError, match=r"1\.json: not in the canonical form"):
        read_record(written)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "no release record"),
        (b"\xff\xfe", "no release record"),
        (b'{"number":1}', r"no release record \(variant: Field required\)"),
        (make_record().canonical().replace(b'"variant"', b'"varinat"'), r"no release record \(varia?n"),
    ],
    ids=["empty", "no text", "cut short", "unknown key"],
)
def test_what_is_no_record_is_refused(written: Path, content: bytes, found: str) -> None:
    written.write_bytes(content)
    with pytest.raises(ReleaseError, match=found):
        read_record(written)


def test_a_number_that_there_is_not_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="7: no such release"):
        read_record(tmp_path / "7.json")


def test_what_json_has_no_number_for_is_null(written: Path) -> None:
    written.write_bytes(make_record(metrics={"roc_auc": float("nan")}).canonical())
    assert read_record(written).metrics == {"roc_auc": None}
