"""Claims in files: CSV as texts, Parquet as typed, JSON lines with nested service lines."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from claims.base.errors import SourceError

Choose = Callable[[Sequence[str]], list[str]]
ROWS = 1 << 17  # of a chunk


def read_file(path: Path, encoding: str, choose: Choose) -> Iterator[pa.Table]:
    """Stream a .csv or .parquet file; ``choose`` picks among the columns it has."""
    reader = {".parquet": _read_parquet, ".csv": _read_csv}.get(path.suffix.lower())
    if reader is None:
        raise SourceError(str(path), "JSON lines, which are for scoring", "Give a .csv or .parquet file.")
    with _plain_failures(path, encoding):
        yield from reader(path, encoding, choose)


@contextmanager
def _plain_failures(path: Path, encoding: str) -> Iterator[None]:
    """Say what is wrong with a file, without quoting it."""
    remedy = "Say the file's encoding under claims.encoding in the contract."
    try:
        yield
    except UnicodeDecodeError as error:
        raise SourceError(str(path), f"not {encoding} (byte {error.start})", remedy) from None
    except (pa.ArrowInvalid, pa.ArrowTypeError, OSError) as error:
        if "utf8" in str(error).lower().replace("-", ""):
            raise SourceError(str(path), f"not {encoding}", remedy) from None
        reason = re.sub(r"(got \d+): .*", r"\1", str(error).splitlines()[0])  # Arrow quotes the row
        problem = f"damaged or no {path.suffix.lower()[1:]} ({reason})"
        raise SourceError(str(path), problem, "Export it again.") from None


def count_parquet(path: Path) -> int:
    """Count the rows of a .parquet file."""
    with _plain_failures(path, "utf-8"), pq.ParquetFile(path) as file:
        return int(file.metadata.num_rows)


def _read_parquet(path: Path, _: str, choose: Choose) -> Iterator[pa.Table]:
    with pq.ParquetFile(path) as file:
        columns = choose(file.schema_arrow.names)
        texts = [
            f.name
            for f in file.schema_arrow
            if pa.types.is_string(f.type) or pa.types.is_large_string(f.type)
        ]
    with pq.ParquetFile(path, read_dictionary=texts) as file:
        schema = pa.schema([file.schema_arrow.field(name) for name in columns])
        batches = file.iter_batches(batch_size=ROWS, columns=columns)
        yield from _at_least_one(
            (pa.Table.from_batches([batch]).select(columns) for batch in batches), schema
        )


def _read_csv(path: Path, encoding: str, choose: Choose) -> Iterator[pa.Table]:
    """Read every column as text: the contract types it, not a guess from the first rows."""
    header = _header(path, encoding)
    columns = choose(header)
    schema = pa.schema([(name, pa.string()) for name in columns])
    options: dict[str, Any] = {
        "read_options": pc.ReadOptions(encoding=encoding, block_size=1 << 23),
        "parse_options": pc.ParseOptions(newlines_in_values=True),
        "convert_options": pc.ConvertOptions(
            column_types=dict.fromkeys(columns, pa.string()),
            include_columns=columns,
            strings_can_be_null=False,
        ),
    }
    with pc.open_csv(path, **options) as reader:
        yield from _at_least_one((pa.Table.from_batches([batch]) for batch in reader), schema)


def _header(path: Path, encoding: str) -> list[str]:
    import csv

    with path.open(encoding=encoding, newline="") as file:
        header = next(csv.reader(file), None)
    if not header:
        raise SourceError(str(path), "an empty file", "Export it again, with a header line.")
    return [header[0].removeprefix("\ufeff"), *header[1:]]  # the mark that Excel puts before UTF-8


def _at_least_one(tables: Iterator[pa.Table], schema: pa.Schema) -> Iterator[pa.Table]:
    empty = True
    for table in tables:
        empty = False
        yield table
    if empty:
        yield schema.empty_table()


def read_json_lines(lines: Iterator[str], name: str, rows: int) -> Iterator[list[dict[str, Any]]]:
    """Read claims from JSON lines, ``rows`` at a time.

    Raises
    ------
    SourceError
        Names the line that is no JSON object, never its content.
    """
    claims: list[dict[str, Any]] = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            claims.append(_claim(line, name, number))
        if len(claims) == rows:
            yield claims
            claims = []
    if claims:
        yield claims


def _claim(line: str, name: str, number: int) -> dict[str, Any]:
    try:
        claim = json.loads(line, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        problem = f"not JSON ({getattr(error, 'msg', 'a number or a nesting beyond reason')})"
        raise SourceError(f"{name}:{number}", problem, "Give one JSON object a line.") from None
    if "\\ud" in line.lower() and not _is_unicode(claim):
        raise SourceError(f"{name}:{number}", "a text with half a character", "Send valid Unicode.")
    if not isinstance(claim, dict):
        raise SourceError(
            f"{name}:{number}", f"a JSON {type(claim).__name__}", "Give one JSON object a line."
        )
    return claim


def _refuse_constant(name: str) -> float:
    """Refuse NaN and Infinity, which Python reads and JSON does not have."""
    raise json.JSONDecodeError(f"{name} is no JSON value", name, 0)


def _is_unicode(claim: Any) -> bool:
    """Say whether all texts are whole: JSON can escape half of a surrogate pair."""
    try:
        json.dumps(claim, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True
