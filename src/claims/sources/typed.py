"""Raw rows to typed rows without identifiers: the first step of extraction and of scoring alike."""

from collections.abc import Mapping

import pyarrow as pa

from claims.contract import Column
from claims.data.batch import Frame
from claims.data.parse import parse
from claims.data.pseudonyms import pseudonymise


def type_rows(columns: Mapping[str, Column], raw: pa.Table, key: bytes) -> Frame:
    """Type raw rows and hash what the contract says is hashed; optional columns may be absent.

    Parameters
    ----------
    columns
        Of the contract.
    raw
        n raw rows.
    key
        Hashes identifiers.
    """
    for name in columns:
        if name not in raw.column_names:
            raw = raw.append_column(name, pa.nulls(raw.num_rows, pa.string()))
    frame = parse(columns, raw)
    data = dict(frame.columns)
    for name, column in columns.items():
        if column.protect == "hash":
            data[name] = pseudonymise(key, frame.categories(name))
    return Frame(frame.size, data, frame.unreadable)
