"""Claims of the small contract in which every kind of feature can be declared, drawn at random."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st
from numpy.typing import NDArray

from claims.data.batch import Batch, Categories, ColumnData, Frame
from claims.data.storage import encode_texts


class Line(NamedTuple):
    service: str | None
    units: float | None
    line: float | None


class Claim(NamedTuple):
    """Days are counted from 1970-01-01; ``wait`` days after ``came`` the outcome is known."""

    id: str
    code: str | None
    held: str | None
    size: float | None
    cost: float | None
    born: float | None
    came: float
    wait: int
    approved: bool
    lines: tuple[Line, ...]


_LINE = st.builds(
    Line,
    st.none() | st.sampled_from(["code", "b"]),
    st.none() | st.sampled_from([-0.0, 1.0, 2.5]),
    st.none() | st.sampled_from([0.0, 1.0, 2.0, 2.5, 1e300]),
)
_CLAIM = st.builds(
    Claim,
    st.integers(0, 10**6).map(lambda number: f"{number:08x}"),
    st.none() | st.sampled_from(["a", "bc", "bd"]),
    st.none() | st.sampled_from(["E11", "E11;I10", "I10;J45;E11"]),
    st.none() | st.sampled_from([-1.5, -0.0, 0.0, 3.0, 20.0]),
    st.none() | st.integers(0, 50_000).map(float),
    st.none() | st.integers(-20_000, 0).map(float),
    st.integers(0, 300).map(float),
    st.integers(0, 90),
    st.booleans(),
    st.lists(_LINE, max_size=3).map(tuple),
)


def claims(most: int = 8) -> st.SearchStrategy[list[Claim]]:
    """At least two claims with identifiers of their own."""
    return st.lists(_CLAIM, min_size=2, max_size=most, unique_by=lambda claim: claim.id)


STRANGE = Claim(
    "new", "never seen", "Z00;Z01", 1e300, -(2.0**53), 9e5, 9e5, 0, True, (Line("z", 1e300, -7.0),)
)
EMPTY = Claim("none", None, None, None, None, None, 500.0, 0, False, ())


def batch_of(rows: Sequence[Claim]) -> Batch:
    """The claims, typed."""
    lines = [line for claim in rows for line in claim.lines]
    owner = np.repeat(np.arange(len(rows)), [len(claim.lines) for claim in rows])
    columns: dict[str, ColumnData] = {name: _texts(rows, name) for name in ("id", "code", "held")}
    columns |= {name: _numbers(rows, name) for name in ("size", "cost", "born", "came")}
    columns["settled"] = np.array([claim.came + claim.wait for claim in rows], dtype=float)
    of_lines = {"service": _texts(lines, "service"), **{n: _numbers(lines, n) for n in ("units", "line")}}
    return Batch(Frame(len(rows), columns), Frame(len(lines), of_lines), owner.astype(np.int64))


def outcome_of(rows: Sequence[Claim]) -> NDArray[np.float64]:
    """1 approved, 0 rejected."""
    return np.array([claim.approved for claim in rows], dtype=float)


def _texts(rows: Sequence[Any], name: str) -> Categories:
    return encode_texts(pa.chunked_array([pa.array([getattr(row, name) for row in rows], pa.string())]))


def _numbers(rows: Sequence[Any], name: str) -> NDArray[np.float64]:
    return np.array([getattr(row, name) for row in rows], dtype=float)
