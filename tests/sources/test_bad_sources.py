"""What cannot be read is one clear error: the thing, what was found, the remedy, and never a secret."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url
from sqlalchemy.pool import NullPool

from claims.base.errors import SourceError
from claims.data.pseudonyms import PUBLISHED_KEY
from claims.sources.read import Wanted, read_tables
from claims.sources.snapshot import Bounds, take_snapshot
from sources.raw_claims import execute

PASSWORD = "open-sesame"
WANTED = Wanted("claims_production", ["claim_id", "member_name"])
CSV = b"claim_id,member_name\n1,Ada\n"


def refusal(url: str, wanted: Wanted = WANTED) -> str:
    """The one line that says why a source is refused."""
    with pytest.raises(SourceError) as refused:
        list(read_tables(url, wanted))
    message = str(refused.value)
    assert "\n" not in message
    assert PASSWORD not in message
    return message


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("postgresql+psycopg://u:{}@127.0.0.1:1/d", "Connection refused. Check that the server runs"),
        ("postgresql+psycopg://u:{}@127.0.0.1:port/d", "the source: not a SQLAlchemy URL. Write it as"),
        ("://u:{}@h/d", "the source: not a SQLAlchemy URL. Write it as"),
        ("postgresql:/u:{}@h/d", "h/d: neither a URL nor a .csv, .parquet"),
        ("dbase://u:{}@h/d", "dbase://u:***@h/d: unknown database 'dbase'"),
        (
            "postgresql://u:x@{}@127.0.0.1:1/d",
            "127.0.0.1:1/d: an @ in its user or password. Write that",
        ),
        ("mssql+pyodbc:///?odbc_connect=SERVER%3Ddb%3BPWD%3D{}", "SERVER=db;PWD=***: its driver 'pyodbc' is"),
        ("mysql://u:{}@h/d", "its driver 'MySQLdb' is not installed. pip install"),
    ],
)
def test_a_url_that_leads_nowhere(url, problem) -> None:
    assert problem in refusal(url.format(PASSWORD))


def ask(url: str, question: str) -> Any:
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return connection.exec_driver_sql(question).scalar_one()


def rewrite_rules(url: str, rules: str) -> None:
    """Replace a server's rules of access; returns once they hold."""
    loaded = ask(url, "SELECT pg_conf_load_time()")
    Path(ask(url, "SHOW hba_file")).write_text(rules)
    ask(url, "SELECT pg_reload_conf()")
    while ask(url, "SELECT pg_conf_load_time()") == loaded:
        time.sleep(0.01)


@pytest.fixture
def locked(postgres) -> Iterator[str]:
    """A server that asks for a password, and a URL with a wrong one."""
    rules = Path(ask(postgres, "SHOW hba_file")).read_text()
    execute(postgres, "CREATE ROLE guest LOGIN PASSWORD 'another'")
    rewrite_rules(postgres, "local all guest scram-sha-256\n" + rules)
    yield make_url(postgres).set(username="guest", password=PASSWORD).render_as_string(hide_password=False)
    rewrite_rules(postgres, rules)
    execute(postgres, "DROP ROLE guest")


def test_a_wrong_password_is_said_and_not_shown(locked) -> None:
    assert 'password authentication failed for user "guest". Check that' in refusal(locked)


def test_a_missing_database_file_is_not_made(tmp_path) -> None:
    assert "no such file. Mend the URL" in refusal(f"sqlite:///{tmp_path}/none.db")
    assert not list(tmp_path.iterdir())


def test_a_table_that_is_not_there(demo, demo_postgres) -> None:
    for url in (demo.url, demo_postgres):
        message = refusal(url, Wanted("claims_produktion", ["claim_id"]))
        assert "no table 'claims_produktion'; found claim" in message
        assert "Mend the contract's table" in message


@pytest.mark.parametrize("place", ["SQLite", "PostgreSQL, shuffled", "CSV", "Parquet"])
def test_a_column_that_is_not_there(places, place) -> None:
    message = refusal(places[place].url, Wanted("claims_production", ["claim_id", "member_nam"]))
    assert "no column member_nam (did you mean 'member_name'?); found claim_id, " in message


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("latin.csv", CSV * 9_999 + b"2,Zo\xeb\n", "not utf-8. Say the file's encoding"),
        ("latin_header.csv", b"claim_id,na\xefve\n", "not utf-8 (byte 11). Say the file's"),
        ("empty.csv", b"", "an empty file. Export it again"),
        ("ragged.csv", CSV + b"2\n", "Expected 2 columns, got 1). Export it again"),
        ("text.parquet", CSV, "damaged or no parquet"),
        ("claims.xlsx", CSV, "neither a URL nor a .csv, .parquet"),
        ("claims", CSV, "neither a URL nor a .csv, .parquet"),
        ("claims.jsonl", b'{"claim_id": "1"}', "JSON lines, which are for scoring. Give a .csv"),
        ("database.csv", None, "no such file. Mend the path"),
    ],
)
def test_a_file_that_is_none(tmp_path, name, content, problem) -> None:
    if content is None:
        (tmp_path / name).mkdir()
    else:
        (tmp_path / name).write_bytes(content)
    message = refusal(f"{tmp_path}/{name}")
    assert name in message
    assert problem in message


def test_a_truncated_parquet(raw, tmp_path) -> None:
    whole = Path(raw.to_parquet(tmp_path).url)
    whole.write_bytes(whole.read_bytes()[:-100])
    assert "claims.parquet: damaged or no parquet" in refusal(str(whole))


def test_a_ragged_line_is_not_quoted(tmp_path) -> None:
    (tmp_path / "ragged.csv").write_bytes(CSV + PASSWORD.encode() + b"\n")
    assert "got 1)" in refusal(f"{tmp_path}/ragged.csv")


def test_a_file_of_claims_needs_its_file_of_lines(contract, raw, tmp_path) -> None:
    with pytest.raises(SourceError, match=r"source.lines_url: not given\. Give the file of claim_line_items"):
        take_snapshot(contract, raw.to_csv(tmp_path).url, None, Bounds(), PUBLISHED_KEY)


def test_the_mark_that_excel_writes_is_read_over(tmp_path) -> None:
    (tmp_path / "excel.csv").write_bytes(b"\xef\xbb\xbf" + CSV)
    (table,) = read_tables(f"{tmp_path}/excel.csv", WANTED)
    assert table.to_pylist() == [{"claim_id": "1", "member_name": "Ada"}]
