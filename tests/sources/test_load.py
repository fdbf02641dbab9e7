"""The real TSA claims from their file and, loaded by `claims load`, from two databases: the same snapshot."""

import datetime as dt
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from typer.testing import CliRunner

from claims.base.errors import SourceError
from claims.cli import app
from claims.contract import load_contract
from claims.data.pseudonyms import PUBLISHED_KEY
from claims.sources.database import count_rows
from claims.sources.load import load_claims
from claims.sources.snapshot import Bounds, take_snapshot
from sources.raw_claims import execute, new_database
from workspaces import ROOT

YEAR = Bounds(dt.date(2012, 1, 1), dt.date(2013, 1, 1))
CONTRACT = ROOT / "contracts" / "tsa.yaml"
TABLE = "tsa_claims"


@pytest.fixture(scope="module")
def tsa():
    return load_contract(CONTRACT)


@pytest.fixture(scope="module")
def from_file(tsa, tsa_csv):
    return take_snapshot(tsa, str(tsa_csv), None, YEAR, PUBLISHED_KEY)


@pytest.fixture(scope="module", params=[20, pytest.param(1, marks=pytest.mark.drill)], ids="1/{}".format)
def file(request, tsa_csv, tmp_path_factory) -> Path:
    """Every twentieth real claim; in a drill, all."""
    header, *claims = tsa_csv.read_bytes().splitlines(keepends=True)
    some = tmp_path_factory.mktemp("some") / "claims.csv"
    some.write_bytes(b"".join([header, *claims[:: request.param]]))
    return some


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def database(request, tmp_path) -> str:
    if request.param == "SQLite":
        return f"sqlite:///{tmp_path}/claims.db"
    return new_database(request.getfixturevalue("postgres"))


def load(source, url: str):
    return CliRunner().invoke(app, ["load", "--contract", str(CONTRACT), "--input", str(source), "--to", url])


def test_a_loaded_file_gives_the_snapshot_of_the_file_and_loads_once(tsa, file, database) -> None:
    expected = take_snapshot(tsa, str(file), None, YEAR, PUBLISHED_KEY)
    done = load(file, database)
    assert (done.exit_code, done.stdout) == (0, f"{expected.source_rows:,} claims loaded\n"), done.output
    assert take_snapshot(tsa, database, None, YEAR, PUBLISHED_KEY) == expected
    again = load(file, database)
    assert again.exit_code == 1
    assert again.stderr.startswith("claims: tsa_claims: the table is there already. Drop it first")
    assert again.stderr.count("\n") == 1
    assert count_rows(database, TABLE) == expected.source_rows


def test_every_real_claim_is_accounted_for(from_file) -> None:
    assert from_file.source_rows == 220_855
    assert from_file.claims.num_rows == 10_069
    days = from_file.claims["Date_Received"].to_pylist()
    assert (days[0].year, days[-1].year) == (2012, 2012)


def test_real_dates_that_cannot_be_are_no_event_times(from_file) -> None:
    years = Counter(day and day.year for day in from_file.undated["Date_Received"].to_pylist())
    assert years.pop(None) == 260
    assert years[3005] == 5
    assert sum(years.values()) == 37
    assert not {year for year in years if 2002 <= year <= 2018}


@pytest.fixture
def one_claim(tsa, tmp_path) -> Path:
    claim = "0912,17532,,SEA,Seattle,-,WA,,,Property Damage,-,Cameras; Jewelry,12.5,Deny"
    file = tmp_path / "one.csv"
    file.write_text(f"{','.join(tsa.columns)}\n{claim}\n")
    return file


def test_a_table_may_lie_in_a_schema(tsa, one_claim, postgres) -> None:
    url, table = new_database(postgres), f"archive.{TABLE}"
    execute(url, "CREATE SCHEMA archive")
    archive = tsa.model_copy(update={"claims": tsa.claims.model_copy(update={"table": table})})
    assert load_claims(archive, one_claim, url, print) == count_rows(url, table) == 1
    with pytest.raises(SourceError, match="the table is there already"):
        load_claims(archive, one_claim, url, print)


def test_numbers_are_loaded_as_numbers_and_nothing_as_null(tsa, one_claim, tmp_path) -> None:
    url = f"sqlite:///{tmp_path}/one.db"
    assert load_claims(tsa, one_claim, url, print) == 1
    with create_engine(url).connect() as connection:
        row = connection.exec_driver_sql(f"SELECT * FROM {TABLE}").one()._asdict()
    assert row["Claim_Number"] == "0912"
    assert (row["Date_Received"], row["Incident_Date"], row["Close_Amount"]) == (17532, None, 12.5)
    assert (row["StateName"], row["County"]) == ("-", None)


def test_a_file_with_no_claims_loads_none(tsa, tmp_path) -> None:
    (tmp_path / "none.csv").write_text(",".join(tsa.columns) + "\n")
    url = f"sqlite:///{tmp_path}/none.db"
    assert load(tmp_path / "none.csv", url).stdout == "0 claims loaded\n"
    assert count_rows(url, TABLE) == 0


def test_a_failed_load_leaves_no_table(tsa, tmp_path) -> None:
    row = dict.fromkeys(tsa.columns, "") | {"Close_Amount": "a lot"}
    (tmp_path / "bad.csv").write_text(",".join(row) + "\n" + ",".join(row.values()) + "\n")
    url = f"sqlite:///{tmp_path}/bad.db"
    failed = load(tmp_path / "bad.csv", url)
    assert failed.exit_code == 1
    assert failed.stderr == "claims: Close_Amount: 1 values are no numbers. Mend the file.\n"
    assert load(tmp_path / "bad.csv", url).stderr == failed.stderr  # and not "there already"
