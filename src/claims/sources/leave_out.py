"""A snapshot without some subjects."""

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from claims.base.errors import DataError
from claims.contract import Contract
from claims.data.storage import find_owner
from claims.sources.snapshot import Snapshot, canonical, claims_checksum, last_day


def leave_out(
    contract: Contract, snapshot: Snapshot, subjects: Mapping[str, Sequence[str]]
) -> tuple[Snapshot, int]:
    """Make the snapshot as if the source had never held some subjects; count the claims left out.

    Parameters
    ----------
    subjects
        Pseudonyms, by the column of the claims that holds them.

    Raises
    ------
    DataError
        Nobody is left.
    """
    if not subjects:
        return snapshot, 0
    claims, undated = (_without(table, subjects) for table in (snapshot.claims, snapshot.undated))
    if not claims.num_rows:
        raise DataError(contract.claims.table, "every claim of the window is forgotten", "Mend the window.")
    lines = snapshot.lines
    if lines is not None and contract.lines is not None:
        owner = find_owner(claims[contract.claims.identifier], lines[contract.lines.claim])
        lines = canonical(lines.filter(pa.array(owner >= 0)))
    kept = Snapshot(
        claims=claims,
        undated=undated,
        lines=lines,
        source_rows=snapshot.source_rows,
        checksum=claims_checksum(contract, claims, lines),
        as_of=min(snapshot.as_of, last_day(contract, claims)),
    )
    before = snapshot.claims.num_rows + snapshot.undated.num_rows
    return kept, before - claims.num_rows - undated.num_rows


def _without(table: pa.Table, subjects: Mapping[str, Sequence[str]]) -> pa.Table:
    """Keep the rows of other subjects; values that only the others had leave the dictionaries too."""
    for column, pseudonyms in subjects.items():
        table = table.filter(pc.invert(holds(table[column], pseudonyms)))
    return canonical(table)


def holds(identifiers: pa.ChunkedArray, pseudonyms: Sequence[str]) -> pa.ChunkedArray:
    """Say which rows are of those subjects: bool [n]."""
    return pc.is_in(pc.cast(identifiers, pa.string()), value_set=pa.array(pseudonyms, pa.string()))
