"""Rows of a subject in stored tables, found by pseudonym.

Every Parquet file is looked into, whoever wrote it and whether any commit names it: claims by the column that
names the subject, and what hangs on those claims (lines, splits, features) by the claim.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from claims.contract import Contract
from claims.sources.leave_out import holds
from claims.sources.tombstones import Tombstone

_MAGIC = b"PAR1"
_CLAIM = "claim"  # what splits and features call the claim's pseudonym


@dataclass
class Held:
    """What was found.

    Attributes
    ----------
    claims
        How many rows of the subject's own each file holds; files without the column are not in it.
    linked
        Likewise, of rows that hang on the subject's claims.
    """

    claims: dict[Path, int] = field(default_factory=dict)
    linked: dict[Path, int] = field(default_factory=dict)

    @property
    def files(self) -> list[Path]:
        """Files that hold rows, in order."""
        return sorted({path for counts in (self.claims, self.linked) for path, n in counts.items() if n})


def find_rows(contract: Contract, stone: Tombstone, files: Iterable[Path]) -> Held:
    """Look for a subject in files, of which those that are no Parquet are passed over."""
    tables = {path: pq.read_schema(path).names for path in files if _is_parquet(path)}
    identifier, found = contract.claims.identifier, Held()
    claims = {stone.pseudonym} if stone.column == identifier else set()
    for path, columns in tables.items():
        if stone.column in columns:
            wanted = [stone.column, *([identifier] if identifier in columns else [])]
            rows = _matching(path, stone.column, [stone.pseudonym], wanted)
            found.claims[path] = rows.num_rows
            if identifier in columns:
                claims |= set(pc.cast(rows[identifier], pa.string()).to_pylist()) - {None}
    links = {identifier, _CLAIM, *([contract.lines.claim] if contract.lines else [])}
    for path, columns in tables.items():
        for link in sorted(links.intersection(columns)) if claims else ():
            count = _matching(path, link, sorted(claims), [link]).num_rows
            found.linked[path] = found.linked.get(path, 0) + count
    return found


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def _matching(path: Path, column: str, pseudonyms: Sequence[str], wanted: list[str]) -> pa.Table:
    """Rows of those pseudonyms; one group of rows is in memory at a time."""
    with pq.ParquetFile(path) as file:
        names = [*dict.fromkeys(wanted)]
        kept = [file.schema_arrow.empty_table().select(names)]
        for group in range(file.num_row_groups):
            rows = file.read_row_group(group, columns=names)
            kept.append(rows.filter(holds(rows[column], pseudonyms)))
    return pa.concat_tables(kept)
