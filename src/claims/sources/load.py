"""A file of raw claims into a database table, as a production system would hold them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import BigInteger, Column, Float, MetaData, Table, Text, inspect

from claims.columns.parse import parse_column
from claims.contract import Column as ContractColumn
from claims.contract import Contract
from claims.errors import DataError, SourceError
from claims.sources.database import connect
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
    wanted = Wanted(contract.claims.table, list(contract.columns), (), contract.claims.encoding)
    total = 0
    with connect(url, create=True) as engine:
        if inspect(engine).has_table(contract.claims.table):
            remedy = "Drop it first, or load into another database."
            raise SourceError(contract.claims.table, "the table is there already", remedy)
        columns = [Column(name, _type(column)) for name, column in contract.columns.items()]
        table = Table(contract.claims.table, MetaData(), *columns)
        with engine.begin() as connection:
            table.create(connection)
            for raw in read_tables(str(source), wanted):
                connection.execute(table.insert(), _rows(contract, raw))
                total += raw.num_rows
                advance(raw.num_rows)
    return total


def _type(column: ContractColumn) -> Any:
    """Numbers as numbers, all else as the source writes it."""
    if column.type in ("number", "money"):
        return Float()
    return BigInteger() if column.epoch else Text()


def _rows(contract: Contract, raw: pa.Table) -> list[dict[str, Any]]:
    columns = {name: _values(name, column, raw[name]) for name, column in contract.columns.items()}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _values(name: str, column: ContractColumn, raw: pa.ChunkedArray) -> list[Any]:
    """Values as the table holds them; an empty text is NULL."""
    if isinstance(_type(column), Text):
        return [None if value in (None, "") else str(value) for value in raw.to_pylist()]
    data, unreadable = parse_column(column.model_copy(update={"type": "number", "unit": ""}), raw)
    if unreadable.any():
        raise DataError(name, f"{int(unreadable.sum()):,} values are no numbers", "Mend the file.")
    return [None if np.isnan(value) else value for value in np.asarray(data).tolist()]
