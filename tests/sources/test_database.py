"""A server sends no more than it must; an embedded database is never created by looking at it."""

import pytest

from claims.sources.database import Window, count_rows, sqlite_file
from claims.sources.read import Wanted, read_tables
from sources.raw_claims import CLAIMS, LINES, SINCE, UNTIL


def rows_sent(contract, url: str, schema: str, link: str | None = None) -> int:
    event = contract.columns["received_date"]
    claims = f"{schema}.{CLAIMS}"
    window = Window(claims, "received_date", "claim_id", SINCE, UNTIL, event.bounds, event.epoch, link)
    wanted = Wanted(f"{schema}.{LINES}" if link else claims, ["claim_id"])
    return sum(table.num_rows for table in read_tables(url, wanted, window))


@pytest.fixture(scope="module")
def wanted_claims(raw):
    """Identifiers in the window or without a usable event time."""
    day = raw.claims["received_date"].fillna("1900-01-01")
    return raw.claims["claim_id"][(day < "2000") | ((day >= str(SINCE)) & (day < str(UNTIL)))]


def test_a_server_filters_a_native_event_time(contract, demo_postgres, raw, wanted_claims) -> None:
    assert rows_sent(contract, demo_postgres, "native") == len(wanted_claims) < 400
    lines = raw.lines["claim_id"].isin(wanted_claims).sum()
    assert rows_sent(contract, demo_postgres, "native", link="claim_id") == lines


def test_texts_are_not_left_to_the_order_of_a_server(contract, demo_postgres, raw) -> None:
    assert rows_sent(contract, demo_postgres, "public") == len(raw.claims)


def test_rows_are_counted_where_they_lie(demo, demo_postgres) -> None:
    assert count_rows(demo.url, CLAIMS) == count_rows(demo_postgres, f"views.{CLAIMS}") == 3_000


@pytest.mark.parametrize(
    ("url", "file"),
    [("sqlite:///a/b.db", "a/b.db"), ("postgresql+psycopg://u@h/d", None), ("sqlite://", None)],
)
def test_only_an_embedded_database_is_a_file(url, file) -> None:
    path = sqlite_file(url)
    assert (path and path.as_posix()) == file
