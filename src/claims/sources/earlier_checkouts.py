"""Subjects forgotten since an earlier commit, whom a run of that commit must not bring back."""

from pathlib import Path

from claims.sources.tombstones import FOLDER, add_tombstone, read_tombstones


def bring_tombstones(here: Path, earlier: Path) -> int:
    """Add the tombstones of a checkout to one of an earlier commit; return how many it lacked.

    Raises
    ------
    DataError
        A line of a file is no tombstone.
    """
    return sum(
        add_tombstone(earlier / FOLDER / path.name, stone)
        for path in sorted((here / FOLDER).glob("*.txt"))
        for stone in read_tombstones(path)
    )
