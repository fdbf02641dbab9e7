"""The demo claims in every place that claims can come from."""

from pathlib import Path

import pytest
from sqlalchemy import DATE, NUMERIC, TIMESTAMP

from sources.raw_claims import CLAIMS, LINES, Place, RawClaims, execute, new_database

MONEY = NUMERIC(12, 2)
NATIVE = {
    "received_date": DATE(),
    "service_date": TIMESTAMP(),
    "member_birth_date": DATE(),
    "adjudicated_date": TIMESTAMP(),
    "total_charge": MONEY,
    "paid_amount": MONEY,
    "line_charge": MONEY,
    "units": NUMERIC(),
}


@pytest.fixture(scope="session")
def raw(demo) -> RawClaims:
    return RawClaims.read(demo.url)


@pytest.fixture(scope="session")
def demo_postgres(raw, postgres) -> str:
    """A server: plain texts in ``public``, native types in ``native``, views of those in ``views``."""
    url = new_database(postgres)
    raw.shuffled().to_database(url)
    raw.to_database(url, "native", NATIVE)
    views = (f"CREATE VIEW views.{name} AS SELECT * FROM native.{name}" for name in (CLAIMS, LINES))
    execute(url, "CREATE SCHEMA views", *views)
    return url


@pytest.fixture(scope="session")
def places(raw, demo, demo_postgres, tmp_path_factory) -> dict[str, Place]:
    def folder(name: str) -> Path:
        return tmp_path_factory.mktemp(name)

    return {
        "SQLite": Place(demo.url),
        "SQLite, shuffled": raw.shuffled().to_database(f"sqlite:///{folder('shuffled')}/claims.db"),
        "PostgreSQL, shuffled": Place(demo_postgres),
        "CSV": raw.to_csv(folder("csv")),
        "CSV, shuffled": raw.shuffled().to_csv(folder("shuffled_csv")),
        "Parquet": raw.to_parquet(folder("parquet")),
        "Parquet, shuffled": raw.shuffled().to_parquet(folder("shuffled_parquet")),
    }
