"""Claims as JSON objects with nested service lines, to typed batches and back."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from claims.base.errors import DataError
from claims.contract import Column, Contract
from claims.data.batch import DAY_ZERO, ITEM, Batch, Categories, Frame
from claims.data.parse import plain_text
from claims.data.storage import attach

Record = Mapping[str, Any]
_PLAIN = {str: pa.string(), float: pa.float64(), bool: pa.bool_()}
Typed = Callable[[Mapping[str, Column], pa.Table], Frame]


def from_records(
    contract: Contract, records: Sequence[Record], type_rows: Typed, where: Callable[[int], str]
) -> Batch:
    """Type claims given as JSON objects.

    Parameters
    ----------
    contract
        Which fields are read.
    records
        n claims.
    type_rows
        Types raw columns (`claims.sources.typed.type_rows` with its key).
    where
        Names the claim of an index, for messages.

    Raises
    ------
    DataError
        A claim lacks a field, or a field or the lines have a shape that no column has.
    """
    typed = type_rows(contract.inputs, _table(contract.inputs, records, where))
    claims = Frame(len(records), typed.columns, typed.unreadable)
    if contract.lines is None or not contract.reads_lines:
        return Batch(claims)
    nested = [_lines(record, contract.lines.field, where(row)) for row, record in enumerate(records)]
    owner = np.repeat(np.arange(len(records)), [len(lines) for lines in nested])
    flat = [line for lines in nested for line in lines]
    columns = contract.ordered_line_inputs
    lines = type_rows(columns, _table(columns, flat, lambda row: f"{where(int(owner[row]))}, a line"))
    return attach(claims, lines, owner, contract.lines.order)


def _lines(record: Record, field: str, where: str) -> list[Record]:
    lines = record.get(field)
    if not isinstance(lines, list) or not all(isinstance(line, Mapping) for line in lines):
        problem = "not a list of objects" if field in record else "no such field"
        raise DataError(f"{where}: {field}", problem, "Give the claim's service lines as a list of objects.")
    return lines


def _table(columns: Mapping[str, Column], records: Sequence[Record], where: Callable[[int], str]) -> pa.Table:
    return pa.table({name: _array(name, column, records, where) for name, column in columns.items()})


def _array(name: str, column: Column, records: Sequence[Record], where: Callable[[int], str]) -> pa.Array:
    values = [record.get(name, Ellipsis) for record in records]
    for row, value in enumerate(values):
        if value is Ellipsis and not column.optional:
            raise DataError(
                f"{where(row)}: {name}", "no such field", "Give every claim the field; null where unknown."
            )
        if isinstance(value, Mapping) or (isinstance(value, list) and not _is_plain_list(column, value)):
            raise DataError(
                f"{where(row)}: {name}", f"a JSON {type(value).__name__}", f"Give a {column.type}."
            )
    return _typed_apart([None if value is Ellipsis else value for value in values])


def _typed_apart(values: list[Any]) -> pa.Array:
    """Make one Arrow array of values: a union of types, in which each has the type it would have alone."""
    kinds = {type(value) for value in values} - {type(None)}
    if len(kinds) <= 1 and kinds <= _PLAIN.keys():
        return pa.array(values, *(_PLAIN[kind] for kind in kinds))
    apart: dict[pa.DataType, list[Any]] = {}
    codes, offsets = [], []
    for kind, value in map(_arrow_value, values):
        same = apart.setdefault(kind, [])
        codes.append([*apart].index(kind))
        offsets.append(len(same))
        same.append(value)
    children = [pa.array(same, kind) for kind, same in apart.items()]
    if len(children) == 1:
        return children[0]
    return pa.UnionArray.from_dense(pa.array(codes, pa.int8()), pa.array(offsets, pa.int32()), children)


def _arrow_value(value: Any) -> tuple[pa.DataType, Any]:
    """Return the Arrow type of a value that comes alone, and the value in it."""
    if isinstance(value, list):
        return pa.list_(pa.string()), [plain_text(item) for item in value]
    try:
        return pa.scalar(value).type, value
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):  # such as a number beyond 64 bits
        return pa.string(), plain_text(value)


def _is_plain_list(column: Column, value: list[Any]) -> bool:
    return column.type == "list" and not any(isinstance(item, list | Mapping) for item in value)


def to_records(contract: Contract, batch: Batch) -> list[dict[str, Any]]:
    """Return the JSON objects that would be typed to this batch, with the fields that features read."""
    records = _raw_rows(contract.inputs, batch.claims)
    if contract.lines is not None and contract.reads_lines:
        for record in records:
            record[contract.lines.field] = []
        lines = _raw_rows(contract.ordered_line_inputs, batch.lines)
        for owner, line in zip(batch.owner, lines, strict=True):
            records[owner][contract.lines.field].append(line)
    return records


def _raw_rows(columns: Mapping[str, Column], frame: Frame) -> list[dict[str, Any]]:
    raw = {name: _raw(column, frame, name) for name, column in columns.items()}
    return [{name: values[row] for name, values in raw.items()} for row in range(frame.size)]


def _raw(column: Column, frame: Frame, name: str) -> list[Any]:
    data = frame.columns[name]
    if isinstance(data, Categories):
        texts = data.texts().tolist()
        return [t and t.replace(ITEM, column.separator) for t in texts] if column.type == "list" else texts
    return [None if np.isnan(value) else _raw_number(column, value) for value in data.tolist()]


def _raw_number(column: Column, value: float) -> Any:
    if column.type == "money":
        return int(value) if column.unit == "cents" else value / 100
    if column.type == "date":
        day = DAY_ZERO + dt.timedelta(days=value)
        return day.isoformat() if column.epoch is None else (day - column.epoch).days
    return value
