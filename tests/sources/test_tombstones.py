"""Forgotten subjects: extraction is as if the source had never held them."""

import json
from pathlib import Path

import pytest

from claims.base.errors import DataError
from claims.base.stage import with_outputs
from claims.data.pseudonyms import KEY_VARIABLE, PUBLISHED_KEY, fingerprint, pseudonym
from claims.pipeline.extract import extract
from claims.sources.leave_out import leave_out
from claims.sources.snapshot import Bounds, take_snapshot
from claims.sources.tombstones import Tombstone, add_tombstone, forgotten_by, read_tombstones, tombstone_file
from sources.raw_claims import RawClaims, furnish

OTHER_KEY = b"another key of this test"


@pytest.fixture(scope="module")
def member(raw) -> str:
    """The one with most claims."""
    return raw.claims["member_id"].value_counts().index[0]


def without(raw: RawClaims, column: str, subject: str) -> RawClaims:
    claims = raw.claims[raw.claims[column] != subject]
    return RawClaims(claims, raw.lines[raw.lines["claim_id"].isin(claims["claim_id"])])


def subject_of(raw: RawClaims, column: str, member: str) -> str:
    if column == "member_id":
        return member
    undated = raw.claims[raw.claims["received_date"] == "1900-01-01"].iloc[0]
    last = raw.claims.sort_values("adjudicated_date", na_position="first").iloc[
        -1
    ]  # its going may move the last day
    return undated[column] if column == "provider_npi" else last[column]


@pytest.mark.parametrize("column", ["member_id", "claim_id", "provider_npi"])
def test_a_snapshot_without_a_subject_is_that_of_a_source_without(
    contract, snapshot, raw, member, column, tmp_path
) -> None:
    subject = subject_of(raw, column, member)
    rest = without(raw, column, subject)
    never = take_snapshot(contract, *rest.to_parquet(tmp_path), Bounds(), PUBLISHED_KEY)
    remaining, count = leave_out(contract, snapshot, {column: [pseudonym(PUBLISHED_KEY, subject)]})
    assert count == len(raw.claims) - len(rest.claims) > 0
    assert remaining.claims.equals(never.claims)
    assert remaining.undated.equals(never.undated)
    assert remaining.lines.equals(never.lines)
    assert (remaining.checksum, remaining.as_of) == (never.checksum, never.as_of)


def test_a_pseudonym_in_another_column_is_another_subject(contract, snapshot, member) -> None:
    remaining, count = leave_out(contract, snapshot, {"claim_id": [pseudonym(PUBLISHED_KEY, member)]})
    assert count == 0
    assert remaining.checksum == snapshot.checksum


def test_where_all_are_forgotten_nothing_is_written(contract, snapshot) -> None:
    everyone = snapshot.claims["claim_id"].to_pylist()
    with pytest.raises(DataError, match="every claim of the window is forgotten"):
        leave_out(contract, snapshot, {"claim_id": everyone})


@pytest.fixture
def extracting(demo, tmp_path, monkeypatch):
    """A function that runs the stage and returns its metrics; the claims are nobody's demo."""
    furnish(tmp_path, source={"url": demo.url, "watch": str(demo.database)})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(KEY_VARIABLE, OTHER_KEY.decode())

    def run() -> dict:
        stage = ["contracts/professional.yaml", "contracts/tombstones", "raw", "extract.json"]
        with_outputs(extract, [Path(argument) for argument in stage])
        return json.loads(Path("extract.json").read_text())

    return run


def test_extraction_honours_a_tombstone_and_counts_what_it_drops(contract, raw, member, extracting) -> None:
    before = extracting()
    assert before["forgotten"] == 0
    add_tombstone(tombstone_file(contract), Tombstone.of(contract, "member_id", member, OTHER_KEY))
    after = extracting()
    assert after["forgotten"] == (raw.claims["member_id"] == member).sum()
    kept = after["in_window"] + after["outside_window"] + after["without_event_time"] + after["forgotten"]
    assert kept == after["source_rows"] == before["source_rows"]
    assert after["checksum"] != before["checksum"]
    gone = pseudonym(OTHER_KEY, member).encode()
    assert not [file for file in Path("raw").iterdir() if gone in file.read_bytes()]


def test_a_tombstone_of_another_key_stops_extraction(contract, member, extracting) -> None:
    add_tombstone(tombstone_file(contract), Tombstone.of(contract, "member_id", member, PUBLISHED_KEY))
    with pytest.raises(DataError, match=f"another key .fingerprint {fingerprint(PUBLISHED_KEY)}"):
        extracting()
    assert not Path("raw").exists()


@pytest.mark.parametrize(
    "line", [b"member_id 12", b"member_id", b"# a comment", b"<<<<<<< HEAD", b"\xff\xfe"]
)
def test_a_damaged_file_of_tombstones_stops_extraction(contract, member, extracting, line: bytes) -> None:
    path = tombstone_file(contract)
    add_tombstone(path, Tombstone.of(contract, "member_id", member, OTHER_KEY))
    with path.open("ab") as file:
        file.write(line + b"\n")
    with pytest.raises(DataError, match=r"professional.txt:2: no tombstone"):
        extracting()


def test_line_ends_of_windows_make_no_difference_and_its_mark_stops_extraction(
    contract, raw, member, extracting
) -> None:
    path = tombstone_file(contract)
    add_tombstone(path, Tombstone.of(contract, "member_id", member, OTHER_KEY))
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert extracting()["forgotten"] == (raw.claims["member_id"] == member).sum()
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    with pytest.raises(DataError, match="member_id' is no hashed column"):
        extracting()


def test_a_tombstone_for_a_column_that_is_not_hashed_stops_extraction(contract, extracting) -> None:
    stone = Tombstone(column="payer_id", pseudonym="0" * 32, key=fingerprint(OTHER_KEY))
    add_tombstone(tombstone_file(contract), stone)
    with pytest.raises(DataError, match="'payer_id' is no hashed column"):
        extracting()


def test_tombstones_are_kept_once_in_order_and_hold_no_identifier(contract, tmp_path) -> None:
    path = tmp_path / "new" / "stones.txt"
    stones = [Tombstone.of(contract, "claim_id", f"CLAIM-{n}", OTHER_KEY) for n in range(5)]
    assert [add_tombstone(path, stone) for stone in [*stones, stones[0]]] == [True] * 5 + [False]
    text = path.read_text()
    assert text.splitlines() == sorted(map(str, stones))
    assert "CLAIM" not in text
    assert {*forgotten_by(path, contract, OTHER_KEY)["claim_id"]} == {
        s.pseudonym for s in read_tombstones(path)
    }


@pytest.mark.parametrize(
    ("column", "subject", "said"),
    [
        ("payer_id", "P01", "not a hashed column of the claims. Name one of claim_id, member_id, provider"),
        ("member_name", "Ann", "not a hashed column"),
        ("claim_id", " ", "no identifier was given"),
        ("claim_id", "CLAIM-\udce9", "an identifier that is not UTF-8"),
    ],
)
def test_a_subject_that_cannot_be_named_is_refused(contract, column, subject, said) -> None:
    with pytest.raises(DataError, match=said):
        Tombstone.of(contract, column, subject, OTHER_KEY)
