"""Raw columns (texts, numbers, dates as a source has them) to typed columns, by the contract.

Texts are parsed once a distinct value. A value that its type cannot hold is marked, never guessed.
"""

import datetime as dt
import math
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from claims.contract import Column
from claims.data.batch import DAY_ZERO, ITEM, Categories, ColumnData, Frame, Numbers
from claims.data.storage import decode_texts, encode_texts

_EARLIEST, _LATEST = (dt.date.min - DAY_ZERO).days, (dt.date.max - DAY_ZERO).days
_WHOLE = 2.0**63  # whole numbers from here on are written as floats are
Mask = NDArray[np.bool_]


def parse(columns: Mapping[str, Column], table: pa.Table) -> Frame:
    """Type the columns of a raw table.

    Parameters
    ----------
    columns
        What the contract says of each; all must stand in the table, which may hold others.
    table
        n raw rows.
    """
    data: dict[str, ColumnData] = {}
    unreadable: dict[str, Mask] = {}
    for name, column in columns.items():
        data[name], bad = parse_column(column, table[name])
        if bad.any():
            unreadable[name] = bad
    return Frame(table.num_rows, data, unreadable)


def parse_column(column: Column, raw: pa.ChunkedArray) -> tuple[ColumnData, Mask]:
    """Type one raw column; returns it with bool [n], true where a value could not be read."""
    if pa.types.is_union(raw.type):
        return _parsed_union(column, raw)
    if pa.types.is_dictionary(raw.type) and not _is_text(raw.type):
        raw = pc.cast(raw, raw.type.value_type)
    if pa.types.is_nested(raw.type):
        if column.type != "list" or not _is_list_of_plain(raw.type):
            return _nothing(column, len(raw)), pc.is_valid(raw).to_numpy(zero_copy_only=False).copy()
        raw = _joined(raw, column.separator)
    if not column.is_numeric:
        return _texts(column, raw), np.zeros(len(raw), dtype=bool)
    if _is_text(raw.type):
        return _parsed_texts(column, raw)
    return _typed(column, raw)


def _is_list_of_plain(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind)) and not pa.types.is_nested(
        kind.value_type
    )


def _parsed_union(column: Column, raw: pa.ChunkedArray) -> tuple[ColumnData, Mask]:
    """Type a dense union: the values of each of its types by themselves."""
    (array,) = raw.chunks
    kinds = [array.field(kind) for kind in range(array.type.num_fields)]
    parsed = [parse_column(column, pa.chunked_array([values])) for values in kinds]
    order = np.argsort(array.type_codes.to_numpy(), kind="stable")
    places = np.argsort(order)  # of each row among the values, type after type
    bad = np.concatenate([mask for _, mask in parsed])[places]
    texts = [data for data, _ in parsed if isinstance(data, Categories)]
    if texts:
        return reduce(Categories.append, texts).take(places), bad
    return np.concatenate([data for data, _ in parsed if isinstance(data, np.ndarray)])[places], bad


def _joined(lists: pa.ChunkedArray, separator: str) -> pa.ChunkedArray:
    if not pa.types.is_floating(lists.type.value_type):
        lists = pc.cast(lists, pa.list_(pa.string()))
    texts = (separator.join(filter(None, map(plain_text, items or ()))) for items in lists.to_pylist())
    return pa.chunked_array([pa.array([text or None for text in texts], pa.string())])


def plain_text(value: Any) -> str | None:
    """Write a value of a list, or of a column that mixes types, as a text; None where it is missing.

    A whole number is written as one, whatever type holds it (11, not 11.0).
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return None if math.isnan(value) else str(int(value)) if _is_whole(value) else str(value)
    return None if value is None else str(value)


def _is_whole(value: float) -> bool:
    return value.is_integer() and abs(value) < _WHOLE


def _nothing(column: Column, size: int) -> ColumnData:
    if column.is_numeric:
        return np.full(size, np.nan)
    return Categories(np.full(size, -1, dtype=np.int32), [])


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _texts(column: Column, raw: pa.ChunkedArray) -> Categories:
    """Read texts as they stand, but for missing markers; whole numbers as written (11, not 11.0)."""
    if pa.types.is_floating(raw.type):
        raw = _written(raw)
    if not _is_text(raw.type):
        raw = pc.cast(raw, pa.string())
    encoded = encode_texts(raw)
    missing = {"", *column.missing}
    texts = [None if text.strip() in missing else text for text in encoded.levels]
    return encoded.recode([_stored_list(column, text) for text in texts] if column.type == "list" else texts)


def _stored_list(column: Column, text: str | None) -> str | None:
    """Join items by one separator, whatever the source has; drop empty ones."""
    if text is None:
        return None
    items = (
        item if column.separator == ITEM else item.replace(ITEM, ",") for item in text.split(column.separator)
    )
    return ITEM.join(item for item in items if item.strip()) or None


def _written(raw: pa.ChunkedArray) -> pa.ChunkedArray:
    """Write numbers as texts, whole ones as such: some sources hold nullable codes as floats."""
    encoded = encode_texts(pc.cast(raw, pa.string()))
    levels = [plain_text(float(level)) for level in encoded.levels]
    return pa.chunked_array([decode_texts(encoded.recode(levels))])


def _parsed_texts(column: Column, raw: pa.ChunkedArray) -> tuple[Numbers, Mask]:
    read = _read_date if column.type == "date" else _read_number
    missing = {"", *column.missing}
    encoded = encode_texts(raw)
    texts = [text.strip() for text in encoded.levels]
    values = [math.nan if text in missing else _attempt(read, column, text) for text in texts]
    table = np.array([*(math.nan if v is None else v for v in values), math.nan])
    bad = np.array([*(v is None for v in values), False])
    return _in_units(column, table[encoded.codes]), bad[encoded.codes]


def _attempt(read: Callable[[Column, str], float], column: Column, text: str) -> float | None:
    try:
        value = read(column, text)
    except (ValueError, OverflowError):
        return None
    return value if math.isfinite(value) else None


def _read_number(_: Column, text: str) -> float:
    if "_" in text:  # float() takes 1_000, which no claims system writes
        raise ValueError(text)
    return float(text)


def _read_date(column: Column, text: str) -> float:
    if column.epoch is not None:
        return _day(column, float(text))
    if "-" not in text:  # 20240131 is a number before it is a date
        raise ValueError("not an ISO date")
    return float((dt.datetime.fromisoformat(text).date() - DAY_ZERO).days)


def _day(column: Column, count: float) -> float:
    day = math.floor(count) + ((column.epoch or DAY_ZERO) - DAY_ZERO).days
    if not _EARLIEST <= day <= _LATEST:
        raise ValueError("no such day")
    return float(day)


def _typed(column: Column, raw: pa.ChunkedArray) -> tuple[ColumnData, Mask]:
    """Read a column that a source holds as numbers or dates already."""
    kind = raw.type
    if column.type == "date" and (pa.types.is_date(kind) or pa.types.is_timestamp(kind)):
        days = pc.cast(pc.cast(raw, pa.date32()), pa.int32())
        return _floats(days), np.zeros(len(raw), dtype=bool)
    countable = column.type != "date" or column.epoch is not None
    if pa.types.is_null(kind):
        return np.full(len(raw), np.nan), np.zeros(len(raw), dtype=bool)
    if not countable or not (
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    ):
        return np.full(len(raw), np.nan), pc.is_valid(raw).to_numpy(zero_copy_only=False).copy()
    values = _floats(raw)
    if column.epoch is not None:
        values = np.floor(values) + (column.epoch - DAY_ZERO).days
        bad = (values < _EARLIEST) | (values > _LATEST)
    else:
        bad = np.isinf(values)
    return _in_units(column, np.where(bad, np.nan, values)), bad


def _floats(raw: pa.ChunkedArray) -> Numbers:
    values = pc.fill_null(pc.cast(raw, pa.float64(), safe=False), math.nan)
    return np.ascontiguousarray(
        values.to_numpy(zero_copy_only=False) if isinstance(values, pa.Array) else values.to_numpy()
    )


def _in_units(column: Column, values: Numbers) -> Numbers:
    """Round money to whole cents."""
    if column.type != "money":
        return values
    return np.rint(values if column.unit == "cents" else values * 100)
