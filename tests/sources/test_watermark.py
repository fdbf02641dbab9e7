"""`claims snapshot` pins a living server: what is extracted stays the same until the pin is moved."""

import datetime as dt
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from claims.base.errors import DataError, ParamsError, SourceError
from claims.base.stage import with_outputs
from claims.cli import app
from claims.data.pseudonyms import KEY_VARIABLE
from claims.pipeline.extract import extract
from claims.sources.snapshot import Bounds, take_snapshot
from claims.sources.tombstones import Tombstone, add_tombstone, tombstone_file
from claims.sources.watermark import Watermark, read_watermark
from sources.raw_claims import CLAIMS, RawClaims, execute, furnish, new_database

APRIL, MAY, JUNE, JULY = (dt.date(2026, month, 1) for month in (4, 5, 6, 7))
NEW_CLAIM = f"""
    CREATE TEMPORARY TABLE later AS SELECT * FROM {CLAIMS} WHERE claim_id = 'CLM0000000001';
    UPDATE later SET claim_id = 'CLM9', received_date = (SELECT max(received_date) FROM {CLAIMS});
    INSERT INTO {CLAIMS} SELECT * FROM later
"""
DECIDED_LATER = f"""
    UPDATE {CLAIMS} SET claim_status = 'PAID', paid_amount = 1, decided_by = 'PERSON',
    adjudicated_date = (SELECT max(adjudicated_date) FROM {CLAIMS}) WHERE claim_status = 'PENDING'
"""
REWRITTEN = f"UPDATE {CLAIMS} SET plan_type = 'HMO' WHERE claim_id = 'CLM0000000001'"


@pytest.fixture(scope="module")
def few(raw) -> RawClaims:
    return RawClaims(raw.claims.head(600), raw.lines[raw.lines["claim_id"] < raw.claims["claim_id"][600]])


@pytest.fixture
def server(few, postgres, tmp_path, monkeypatch) -> str:
    """A server of its own that params.yaml names, in a folder of its own."""
    url = new_database(postgres)
    few.to_database(url)
    furnish(tmp_path, source={"url": url, "watch": "data/watermark.json"})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(KEY_VARIABLE, "a secret of this test")
    return url


def take_watermark() -> Watermark:
    done = CliRunner().invoke(app, ["snapshot"])
    assert done.exit_code == 0, done.output
    return read_watermark(Path("data/watermark.json"))


def extract_to(folder: str) -> dict:
    metrics = Path(f"{folder}.json")
    stage = ["contracts/professional.yaml", "contracts/tombstones", folder, metrics]
    with_outputs(extract, [Path(argument) for argument in stage])
    return json.loads(metrics.read_text())


def bytes_of(folder: str) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in Path(folder).iterdir()}


def test_the_forgotten_stay_out_of_a_server_whose_watermark_stays_valid(
    server, few, contract, postgres, tmp_path
) -> None:
    """What is extracted is that of a server which never held the subject."""
    mark = take_watermark()
    key = b"a secret of this test"
    member = few.claims["member_id"].value_counts().index[0]
    add_tombstone(tombstone_file(contract), Tombstone.of(contract, "member_id", member, key))
    report = extract_to("forgotten")
    claims = few.claims[few.claims["member_id"] != member]
    never = RawClaims(claims, few.lines[few.lines["claim_id"].isin(claims["claim_id"])])
    url = new_database(postgres)
    never.to_database(url)
    expected = take_snapshot(contract, url, None, mark.bound(Bounds()), key)
    assert report["forgotten"] > 0
    assert (report["checksum"], report["in_window"]) == (expected.checksum, expected.claims.num_rows)
    assert report["lines"] == expected.lines.num_rows


def test_it_says_how_far_the_claims_went(server, few) -> None:
    mark = take_watermark()
    received, adjudicated = few.claims["received_date"], few.claims["adjudicated_date"]
    assert str(mark.until) == received.max()
    assert str(mark.as_of + dt.timedelta(days=1)) == adjudicated.max()
    assert mark.rows == received.between("2000-01-01", received.max(), inclusive="left").sum()
    report = extract_to("raw")
    assert (report["checksum"], report["in_window"]) == (mark.checksum, mark.rows)
    assert report["outside_window"] == (received == received.max()).sum() > 0


def test_extraction_stays_the_same_while_the_server_lives_on(server) -> None:
    take_watermark()
    extract_to("before")
    execute(server, NEW_CLAIM, DECIDED_LATER)
    assert extract_to("after")["source_rows"] == 601
    assert bytes_of("after") == bytes_of("before")


def test_a_rewritten_claim_stops_extraction_until_the_next_watermark(server) -> None:
    take_watermark()
    execute(server, REWRITTEN)
    with pytest.raises(DataError, match=r"differ from the .* Run `claims snapshot` again"):
        extract_to("raw")
    assert not Path("raw").exists()
    take_watermark()
    assert extract_to("raw")["in_window"] > 0


@pytest.mark.parametrize(
    ("content", "problem"),
    [(None, "no watermark of"), ("no JSON", "no watermark"), ('{"until": "2026-01-01"}', "no watermark")],
)
def test_what_is_no_watermark_is_refused(tmp_path, content, problem) -> None:
    path = tmp_path / "watermark.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(SourceError, match=rf"{problem}.*`claims snapshot`"):
        read_watermark(path)


@pytest.mark.parametrize(
    ("until", "as_of", "expected"),
    [
        (None, None, (JUNE, MAY)),
        (APRIL, APRIL, (APRIL, APRIL)),
        (APRIL, JUNE, (APRIL, MAY)),
        (JULY, JULY, (JUNE, MAY)),
    ],
)
def test_it_narrows_bounds_and_never_widens_them(until, as_of, expected) -> None:
    mark = Watermark(until=JUNE, as_of=MAY, rows=1, checksum="")
    assert mark.bound(Bounds(APRIL, until, as_of)) == Bounds(APRIL, *expected)


@pytest.mark.parametrize(("watch", "unwatched"), [("elsewhere", "claims.csv"), ("claims.csv", "lines.csv")])
def test_a_file_that_nothing_watches_is_refused(few, tmp_path, monkeypatch, watch, unwatched) -> None:
    few.to_csv(tmp_path)
    source = {"url": "claims.csv", "lines_url": "lines.csv"}
    furnish(tmp_path, source=source | {"watch": watch})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(KEY_VARIABLE, "a secret of this test")
    with pytest.raises(ParamsError, match=f"source.watch: {watch} does not hold {unwatched}"):
        extract_to("raw")
    furnish(tmp_path, source=source | {"watch": "."})
    assert extract_to("raw")["source_rows"] == 600
