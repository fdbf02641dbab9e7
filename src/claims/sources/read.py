"""One entry to every source: a URL or a path in, raw Arrow tables out, chunk by chunk."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import pyarrow as pa

from claims.base.errors import SourceError
from claims.base.urls import mask_url
from claims.sources import database, files

FILE_SUFFIXES = (".csv", ".parquet", ".jsonl", ".ndjson")


@dataclass(frozen=True)
class Wanted:
    """What is read of a source.

    Attributes
    ----------
    table
        Name in a database; a file holds one table.
    columns
        That must be there.
    optional
        That are read where they are there.
    encoding
        Of a text file.
    """

    table: str
    columns: Sequence[str]
    optional: Sequence[str] = ()
    encoding: str = "utf-8"


def is_file(url: str) -> bool:
    """Say whether the source is a file of claims rather than a database."""
    return "://" not in url


def file_behind(url: str) -> Path | None:
    """Return the file that holds the claims: the path or an embedded database; None for a server."""
    return checked_path(url) if is_file(url) else database.sqlite_file(url)


def read_tables(url: str, wanted: Wanted, window: database.Window | None = None) -> Iterator[pa.Table]:
    """Stream a source.

    Parameters
    ----------
    url
        A SQLAlchemy URL, or the path of a .csv or .parquet file.
    wanted
        Table and columns.
    window
        Bounds that a server may use to send less; every source may send more.

    Yields
    ------
    Tables of raw values with the wanted columns in order; at least one, empty if need be.

    Raises
    ------
    SourceError
        Names what cannot be reached, found or read.
    """
    if is_file(url):
        return files.read_file(checked_path(url), wanted.encoding, lambda names: choose(wanted, names, url))
    return database.read_table(url, wanted.table, lambda names: choose(wanted, names, wanted.table), window)


def check_watch(url: str, watch: Path) -> None:
    """Refuse a server whose claims are not watched through the file that `claims snapshot` writes."""
    if file_behind(url) is None and not watch.is_file():
        remedy = "Set source.watch to data/watermark.json and run `claims snapshot`."
        raise SourceError(f"source.watch: {watch}", "no watermark of the server's claims", remedy)


def count_claims(url: str, table: str) -> int | None:
    """Count the claims of a source where that is cheap: a database or a Parquet file."""
    if not is_file(url):
        return database.count_rows(url, table)
    return files.count_parquet(checked_path(url)) if url.endswith(".parquet") else None


def checked_path(url: str) -> Path:
    """Return the path of a file source, or say why it is none."""
    path = Path(url)
    if path.suffix.lower() not in FILE_SUFFIXES:
        problem = f"neither a URL nor a {', '.join(FILE_SUFFIXES)} file"
        raise SourceError(mask_url(url), problem, "Mend the URL or the path.")
    if not path.is_file():
        raise SourceError(url, "no such file", "Mend the path; relative ones start at the repository's root.")
    return path


def choose(wanted: Wanted, available: Sequence[str], where: str) -> list[str]:
    """Choose the wanted columns that a source has; all but the optional ones must be there."""
    absent = [name for name in wanted.columns if name not in available and name not in wanted.optional]
    if absent:
        near = get_close_matches(absent[0], available, n=1)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        raise SourceError(
            where,
            f"no column {', '.join(absent)}{hint}; found {', '.join(available)}",
            "Mend the contract's columns or the source.",
        )
    return [name for name in dict.fromkeys((*wanted.columns, *wanted.optional)) if name in available]
