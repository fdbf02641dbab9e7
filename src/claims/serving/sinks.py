"""Where scored claims go: .csv, .parquet, .jsonl, or JSON lines on standard output."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from claims.base.errors import SourceError
from claims.base.files import replacing

STDOUT = "-"
Write = Callable[[pa.Table], None]


@contextmanager
def open_sink(target: str, schema: pa.Schema) -> Iterator[Write]:
    """Give a function that writes tables of this schema to a target; a file appears once it is complete.

    Raises
    ------
    SourceError
        The suffix is none of these, or the folder does not exist.
    """
    if target == STDOUT:
        yield lambda table: _write_json(sys.stdout, table)
        return
    path = Path(target)
    openers = {".csv": _csv, ".parquet": _parquet, ".jsonl": _jsonl, ".ndjson": _jsonl}
    if path.suffix.lower() not in openers:
        remedy = "Mend --output, or give - for standard output."
        raise SourceError(target, f"not a {', '.join(openers)} file", remedy)
    if not path.parent.is_dir():
        raise SourceError(str(path.parent), "no such folder", "Make it first.")
    with replacing(path) as new, openers[path.suffix.lower()](new, schema) as write:
        yield write


@contextmanager
def _csv(path: Path, schema: pa.Schema) -> Iterator[Write]:
    with pc.CSVWriter(path, schema, write_options=pc.WriteOptions(quoting_style="needed")) as file:
        yield file.write_table


@contextmanager
def _parquet(path: Path, schema: pa.Schema) -> Iterator[Write]:
    with pq.ParquetWriter(path, schema, compression="zstd") as file:
        yield file.write_table


@contextmanager
def _jsonl(path: Path, _: pa.Schema) -> Iterator[Write]:
    with path.open("w", encoding="utf-8") as file:
        yield lambda table: _write_json(file, table)


def _write_json(file: IO[str], table: pa.Table) -> None:
    file.writelines(json.dumps(row) + "\n" for row in table.to_pylist())
