"""Checksums of claims that do not depend on their order, only on what they say."""

import hashlib

import numpy as np
from numpy.typing import NDArray

from claims.data.batch import Categories, ColumnData, Frame

Hashes = NDArray[np.uint64]


def row_hashes(frame: Frame) -> Hashes:
    """Hash each row over all columns, whatever their order: uint64 [n]."""
    total = np.zeros(frame.size, dtype=np.uint64)
    for name, column in frame.columns.items():
        total += _mix(_value_hashes(column) ^ np.uint64(_text_hash(name)))
    return _mix(total)


def checksum(hashes: Hashes) -> str:
    """Hash rows with SHA-256: the same for the same rows in any order, duplicates counted."""
    return hashlib.sha256(np.sort(hashes).astype("<u8").tobytes()).hexdigest()


def _value_hashes(column: ColumnData) -> Hashes:
    if isinstance(column, Categories):
        table = np.array([*(_text_hash(level) for level in column.levels), 0], dtype=np.uint64)
        return table[column.codes]
    known = np.where(np.isnan(column), np.nan, column + 0.0)  # one NaN, and no −0
    return _mix(known.view(np.uint64))


def _text_hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def _mix(state: Hashes) -> Hashes:
    """Apply the finaliser of SplitMix64 (Steele, Lea and Flood 2014, doi:10.1145/2660193.2660195)."""
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))
