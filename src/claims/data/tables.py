"""Parquet between stages: the same bytes for the same rows."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from claims.contract import Contract
from claims.data.batch import Batch
from claims.data.storage import load_batch


def write_table(path: Path, table: pa.Table) -> None:
    """Write a table; no clock, host or version of ours goes into the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, compression="zstd", row_group_size=1 << 17)


def read_table(path: Path) -> pa.Table:
    """Read a table."""
    return pq.read_table(path)


def read_batch(contract: Contract, folder: Path) -> Batch:
    """Read the claims of a folder with their lines."""
    lines = folder / "lines.parquet"
    return load_batch(
        contract, read_table(folder / "claims.parquet"), read_table(lines) if lines.exists() else None
    )
