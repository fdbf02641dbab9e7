"""The files as a whole: the same arguments give the same bytes, and more rows only add to them."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from claims.simulator.generate import simulate

SIMULATE = """
import sys
from pathlib import Path
from claims.simulator.generate import simulate
simulate(Path(sys.argv[1]), Path(sys.argv[2]), rows=700, chunk=300)
"""


def simulated(folder: Path, name: str, **arguments: object) -> tuple[Path, Path]:
    files = folder / f"{name}.sqlite", folder / f"{name}.parquet"
    simulate(*files, **{"rows": 700, "chunk": 300, **arguments})
    return files


def rows_of(database: Path, table: str) -> list[tuple]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()


def test_same_arguments_give_the_same_bytes_in_two_processes(tmp_path):
    written = []
    for hash_seed in ("1", "2"):
        files = tmp_path / f"{hash_seed}.sqlite", tmp_path / f"{hash_seed}.parquet"
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        subprocess.run([sys.executable, "-c", SIMULATE, *map(str, files)], check=True, env=environment)
        written.append([file.read_bytes() for file in files])
    assert written[0] == written[1]


def test_another_seed_gives_other_claims(tmp_path):
    one, _ = simulated(tmp_path, "one", seed=1)
    two, _ = simulated(tmp_path, "two", seed=2)
    assert rows_of(one, "claims_production") != rows_of(two, "claims_production")


def test_more_rows_leave_the_earlier_ones_as_they_were(tmp_path):
    few, few_truth = simulated(tmp_path, "few", rows=500)
    many, many_truth = simulated(tmp_path, "many", rows=800)
    for table in ("claims_production", "claim_line_items"):
        earlier = rows_of(few, table)
        assert rows_of(many, table)[: len(earlier)] == earlier
    assert pq.read_table(many_truth).slice(0, 500) == pq.read_table(few_truth)


def test_every_chunk_is_a_row_group_and_is_reported(tmp_path):
    reported: list[int] = []
    _, truth = simulated(tmp_path, "reported", progress=reported.append)
    assert reported == [300, 600, 700]
    assert pq.ParquetFile(truth).num_row_groups == 3


def test_an_existing_database_is_replaced_and_nothing_else_is_left(tmp_path):
    database, truth = simulated(tmp_path, "again")
    before = database.read_bytes()
    simulated(tmp_path, "again")
    assert database.read_bytes() == before
    assert sorted(tmp_path.iterdir()) == sorted([database, truth])


def test_claims_are_received_in_the_window_asked_for(tmp_path):
    database, _ = simulated(tmp_path, "window", start=date(2026, 7, 1), days=60)
    with closing(sqlite3.connect(database)) as connection:
        received = connection.execute(
            "SELECT min(received_date), max(received_date), max(adjudicated_date) "
            "FROM claims_production WHERE received_date > '1900-01-01'"
        ).fetchone()
    assert received[0] >= "2026-07-01"
    assert max(received[1:]) < "2026-08-30"
