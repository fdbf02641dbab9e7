"""Rows of a subject in stored tables, found by pseudonym, and other files that name the subject.

Every Parquet file is looked into, whoever wrote it and whether any commit names it: claims by the column that
names the subject, and what hangs on those claims (lines, splits, features) by the claim. In all other files
the pseudonym itself is looked for.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from claims.contract import Contract
from claims.erasure.mentions import DAMAGE, mentions
from claims.sources.leave_out import holds
from claims.sources.tombstones import Tombstone

_MAGIC = b"PAR1"
_CLAIM = "claim"  # what splits and features call the claim's pseudonym


@dataclass
class Held:
    """Files in which a subject was found.

    Attributes
    ----------
    claims
        How many rows of the subject's own each file holds; files without the column are not in it.
    linked
        Likewise, of rows that hang on the subject's claims.
    named
        Files without rows in which the pseudonym stands.
    damaged
        Files that could not be searched.
    """

    claims: dict[Path, int] = field(default_factory=dict)
    linked: dict[Path, int] = field(default_factory=dict)
    named: set[Path] = field(default_factory=set)
    damaged: set[Path] = field(default_factory=set)

    @property
    def files(self) -> list[Path]:
        """Files that hold rows or name the subject, in order."""
        rows = {path for counts in (self.claims, self.linked) for path, n in counts.items() if n}
        return sorted(rows | self.named)

    @contextmanager
    def searching(self, path: Path) -> Iterator[None]:
        """Note a file that cannot be read; Arrow's errors about it are among those of `DAMAGE`."""
        try:
            yield
        except DAMAGE:
            self.damaged.add(path)


def find_rows(contract: Contract, stone: Tombstone, files: Iterable[Path]) -> Held:
    """Look for a subject in files."""
    held, tables = Held(), dict[Path, list[str]]()
    for path in files:
        with held.searching(path):
            if _is_parquet(path):
                tables[path] = pq.read_schema(path).names
            elif mentions(path, stone.pseudonym):
                held.named.add(path)
    claims = _find_claims(held, contract.claims.identifier, stone, tables)
    links = {contract.claims.identifier, _CLAIM, *([contract.lines.claim] if contract.lines else [])}
    for path, columns in tables.items():
        for link in sorted(links.intersection(columns)) if claims else ():
            with held.searching(path):
                count = _matching(path, link, claims, [link]).num_rows
                held.linked[path] = held.linked.get(path, 0) + count
    return held


def _find_claims(
    held: Held, identifier: str, stone: Tombstone, tables: Mapping[Path, list[str]]
) -> list[str]:
    """Find the pseudonyms of the subject's claims, and count the rows by the way."""
    claims = {stone.pseudonym} if stone.column == identifier else set()
    for path, columns in tables.items():
        if stone.column not in columns:
            continue
        wanted = [stone.column, *([identifier] if identifier in columns else [])]
        with held.searching(path):
            rows = _matching(path, stone.column, [stone.pseudonym], wanted)
            held.claims[path] = rows.num_rows
            if identifier in columns:
                claims |= set(pc.cast(rows[identifier], pa.string()).to_pylist()) - {None}
    return sorted(claims)


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def _matching(path: Path, column: str, pseudonyms: Sequence[str], wanted: list[str]) -> pa.Table:
    """Read the rows of those pseudonyms; one group of rows is in memory at a time."""
    with pq.ParquetFile(path) as file:
        names = [*dict.fromkeys(wanted)]
        kept = [file.schema_arrow.empty_table().select(names)]
        for group in range(file.num_row_groups):
            rows = file.read_row_group(group, columns=names)
            kept.append(rows.filter(holds(rows[column], pseudonyms)))
    return pa.concat_tables(kept)
