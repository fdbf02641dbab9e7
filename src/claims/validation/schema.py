"""A pandera schema from a contract, and the rows that do not fit it."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pandera.pandas as pa
from numpy.typing import NDArray

from claims.contract import Column
from claims.data.batch import ITEM, Frame

Reasons = NDArray[np.object_]


def schema_of(columns: Mapping[str, Column], identifier: str | None = None) -> pa.DataFrameSchema:
    """Make the schema of corrected columns, by which each row is judged for itself.

    Parameters
    ----------
    columns
        The contract's columns.
    identifier
        A column that every row must have, whatever the contract says.
    """
    return pa.DataFrameSchema(
        {
            name: pa.Column(checks=_checks(column), nullable=not (column.required or name == identifier))
            for name, column in columns.items()
        }
    )


def _checks(column: Column) -> list[pa.Check]:
    if column.legal is not None and column.type == "list":
        legal = set(column.legal)
        return [pa.Check(lambda text: legal.issuperset(text.split(ITEM)), element_wise=True, error="legal")]
    if column.legal is not None:
        return [pa.Check.isin(list(column.legal), error="legal")]
    if column.range is not None:
        return [pa.Check.in_range(*column.bounds, error="range")]
    return []


def find_faults(
    schema: pa.DataFrameSchema,
    frame: Frame,
    unreadable: NDArray[np.object_],
    repeated: Mapping[str, NDArray[np.bool_]] | None = None,
) -> Reasons:
    """Say why each row does not fit.

    Parameters
    ----------
    schema
        From `schema_of`.
    frame
        n corrected rows.
    unreadable
        object [n], names of columns whose value could not be read, joined by commas; None where all could.
    repeated
        For a column that must not repeat: bool [n], where it does (`claims.validation.duplicates`).

    Returns
    -------
    object [n]: reasons such as ``total_charge: range``, joined by ``; ``; empty where the row fits.
    """
    faults = [_readability(unreadable)]
    for name, mask in (repeated or {}).items():
        faults.append(pd.DataFrame({"index": np.flatnonzero(mask), "column": name, "check": "unique"}))
    try:
        schema.validate(_pandas(frame, list(schema.columns)), lazy=True)
    except pa.errors.SchemaErrors as error:
        faults.append(error.failure_cases.dropna(subset="index")[["index", "column", "check"]])
    return _joined(pd.concat(faults), frame.size)


def _pandas(frame: Frame, names: list[str]) -> pd.DataFrame:
    """Put numbers as stored (cents, days), texts as pandas categories: a check runs once a level."""
    return pd.DataFrame(
        {n: frame.columns[n] if isinstance(frame.columns[n], np.ndarray) else _texts(frame, n) for n in names}
    )


def _texts(frame: Frame, name: str) -> pd.Categorical:
    column = frame.categories(name)
    return pd.Categorical.from_codes(column.codes, categories=pd.Index(column.levels, dtype=object))


def _readability(unreadable: NDArray[np.object_]) -> pd.DataFrame:
    rows = [
        (row, name, "readable") for row, names in enumerate(unreadable) if names for name in names.split(",")
    ]
    return pd.DataFrame(rows, columns=["index", "column", "check"])


def _joined(faults: pd.DataFrame, size: int) -> Reasons:
    reasons = np.full(size, "", dtype=object)
    if len(faults):
        checks = faults["check"].replace({"not_nullable": "required"}).astype(str)
        texts = (faults["column"].astype(str) + ": " + checks).groupby(faults["index"].astype(int))
        joined = texts.agg(lambda reasons: "; ".join(sorted(set(reasons))))
        reasons[joined.index.to_numpy()] = joined.to_numpy()
    return reasons
