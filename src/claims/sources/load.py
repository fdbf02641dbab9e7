"""A file of raw claims into a database table, as a production system would hold them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import BigInteger, Column, Float, MetaData, Table, Text, inspect

from claims.base.errors import DataError, SourceError
from claims.contract import Column as ContractColumn
from claims.contract import Contract, optional
from claims.data.parse import parse_column
from claims.sources.database import connect, split_name, sqlite_file
from claims.sources.read import Wanted, read_tables


def load_claims(contract: Contract, source: Path, url: str, advance: Callable[[int], None]) -> int:
    """Create the contract's claims table and fill it in one transaction.

    Parameters
    ----------
    contract
        Names and types of the columns.
    source
        A .csv or .parquet file.
    url
        The database.
    advance
        Told how many more claims were written.

    Raises
    ------
    SourceError
        The table is there already; the file or the database cannot be reached.
    """
    wanted = Wanted(
        contract.claims.table, list(contract.columns), optional(contract.columns), contract.claims.encoding
    )
    name, schema = split_name(contract.claims.table)
    total = 0
    with _no_empty_file(url), connect(url, create=True) as engine:
        if inspect(engine).has_table(name, schema):
            remedy = "Drop it first, or load into another database."
            raise SourceError(contract.claims.table, "the table is there already", remedy)
        columns = [Column(column, _type(kind)) for column, kind in contract.columns.items()]
        table = Table(name, MetaData(), *columns, schema=schema)
        with engine.begin() as connection:
            if engine.dialect.name == "sqlite":  # its driver begins no transaction before CREATE
                connection.exec_driver_sql("BEGIN")
            table.create(connection)
            for raw in read_tables(str(source), wanted):
                if raw.num_rows:  # an empty list would insert a row of defaults
                    connection.execute(table.insert(), _rows(contract, raw))
                total += raw.num_rows
                advance(raw.num_rows)
    return total


@contextmanager
def _no_empty_file(url: str) -> Iterator[None]:
    """Remove a SQLite file that a failed load made."""
    file = sqlite_file(url)
    made = file is not None and not file.exists()
    try:
        yield
    except BaseException:
        if made and file is not None:
            file.unlink(missing_ok=True)
        raise


def _type(column: ContractColumn) -> Any:
    """Return the type of a column: numbers as numbers, all else as the source writes it."""
    if column.type in ("number", "money"):
        return Float()
    return BigInteger() if column.epoch else Text()


def _rows(contract: Contract, raw: pa.Table) -> list[dict[str, Any]]:
    columns = {name: _values(name, contract.columns[name], raw[name]) for name in raw.column_names}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _text(column: ContractColumn, value: Any) -> str | None:
    if isinstance(value, list):
        return column.separator.join(map(str, value)) or None
    return None if value is None or value == "" else str(value)


def _values(name: str, column: ContractColumn, raw: pa.ChunkedArray) -> list[Any]:
    """Return values as the table holds them; an empty text is NULL."""
    if isinstance(_type(column), Text):
        return [_text(column, value) for value in raw.to_pylist()]
    data, unreadable = parse_column(column.model_copy(update={"type": "number", "unit": ""}), raw)
    if unreadable.any():
        raise DataError(name, f"{int(unreadable.sum()):,} values are no numbers", "Mend the file.")
    return [None if np.isnan(value) else value for value in np.asarray(data).tolist()]
