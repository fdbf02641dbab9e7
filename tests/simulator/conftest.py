"""One small world of claims, read back from its files for all tests of the simulator."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from claims.simulator.generate import simulate


@dataclass(frozen=True)
class World:
    database: Path
    claims: pd.DataFrame
    lines: pd.DataFrame
    truth: pd.DataFrame


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("world")
    database, truth = folder / "claims.sqlite", folder / "truth.parquet"
    simulate(database, truth, rows=3_000, chunk=3_000)
    with closing(sqlite3.connect(database)) as connection:
        claims = pd.read_sql("SELECT * FROM claims_production", connection)
        lines = pd.read_sql("SELECT * FROM claim_line_items", connection)
    return World(database, claims, lines, pd.read_parquet(truth))
