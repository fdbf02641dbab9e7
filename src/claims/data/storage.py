"""Typed columns to Arrow and back: the Parquet files between stages hold exactly these types."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from claims.contract import Column, Contract
from claims.data.batch import Batch, Categories, ColumnData, Frame, Ints


def to_arrow(columns: Mapping[str, Column], frame: Frame) -> pa.Table:
    """Make a frame a table: money int64 cents, dates date32, numbers float64, texts dictionaries."""
    return pa.table({name: _to_arrow(columns[name], data) for name, data in frame.columns.items()})


def _to_arrow(column: Column, data: ColumnData) -> pa.Array:
    if isinstance(data, Categories):
        return decode_texts(data)
    missing = np.isnan(data)
    if column.type == "number":
        return pa.array(data, mask=missing)
    whole = np.where(missing, 0, data).astype(np.int64)
    if column.type == "money":
        return pa.array(whole, mask=missing)
    return pa.array(whole.astype(np.int32), pa.int32(), mask=missing).cast(pa.date32())


def from_arrow(columns: Mapping[str, Column], table: pa.Table) -> Frame:
    """Make a stored table a frame; columns that the contract does not name are left out."""
    data = {name: _from_arrow(table[name]) for name in table.column_names if name in columns}
    return Frame(table.num_rows, data)


def _from_arrow(stored: pa.ChunkedArray) -> ColumnData:
    if pa.types.is_dictionary(stored.type) or pa.types.is_string(stored.type):
        return encode_texts(stored)
    if pa.types.is_date32(stored.type):
        stored = pc.cast(stored, pa.int32())
    return np.ascontiguousarray(pc.fill_null(pc.cast(stored, pa.float64()), np.nan).to_numpy())


def encode_texts(texts: pa.ChunkedArray) -> Categories:
    """Turn Arrow texts, dictionary or plain, into codes and levels."""
    if not pa.types.is_dictionary(texts.type):
        texts = texts.dictionary_encode()
    if len(texts) == 0:
        return Categories(np.empty(0, dtype=np.int32), [])
    array = pa.concat_arrays(texts.unify_dictionaries().chunks)
    codes = pc.fill_null(array.indices, -1).to_numpy(zero_copy_only=False)
    encoded = Categories(codes.astype(np.int32), array.dictionary.to_pylist())
    return encoded.recode(encoded.levels) if None in encoded.levels else encoded


def decode_texts(texts: Categories) -> pa.DictionaryArray:
    """Turn codes and levels into an Arrow dictionary."""
    codes = pa.array(texts.codes, mask=texts.codes < 0)
    return pa.DictionaryArray.from_arrays(codes, pa.array(texts.levels, pa.string()))


def load_batch(contract: Contract, claims: pa.Table, lines: pa.Table | None) -> Batch:
    """Join stored claims with their stored lines; lines of other claims are left out."""
    frame = from_arrow(contract.kept, claims)
    if lines is None or contract.lines is None:
        return Batch(frame)
    owner = find_owner(claims[contract.claims.identifier], lines[contract.lines.claim])
    return attach(frame, from_arrow(contract.kept_lines, lines), owner, contract.lines.order)


def attach(claims: Frame, lines: Frame, owner: Ints, order: str) -> Batch:
    """Join claims with their lines in the order of a column; lines whose owner is −1 are left out."""
    rows = np.flatnonzero(owner >= 0)
    rows = rows[np.lexsort((lines.numbers(order)[rows], owner[rows]))]
    return Batch(claims, lines.take(rows), owner[rows])


def find_owner(identifiers: pa.ChunkedArray, claim_of_line: pa.ChunkedArray) -> Ints:
    """Find the row of the claim that each line names: int64 [m], −1 where there is no such claim."""
    rows = pc.index_in(_plain(claim_of_line), value_set=_plain(identifiers), skip_nulls=True)
    return pc.fill_null(rows, -1).to_numpy().astype(np.int64)


def _plain(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.cast(texts, pa.string())
