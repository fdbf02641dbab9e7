"""Claims in a database behind any SQLAlchemy URL, streamed in chunks."""

import datetime as dt
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import Engine, MetaData, Table, and_, create_engine, func, inspect, or_, select, true
from sqlalchemy import types as sql
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from claims.base.errors import SourceError, first_line
from claims.base.urls import mask_url, mask_urls
from claims.data.parse import plain_text

ROWS = 1 << 16  # of a chunk


@dataclass(frozen=True)
class Window:
    """Bounds of the event time, for a server that can filter.

    Attributes
    ----------
    claims, column, claim
        The table of claims, its event time and its identifier.
    since, until
        First day, and first day no longer; None for no bound.
    legal
        Smallest and largest legal day since 1970-01-01; rows beyond have no usable event time.
    epoch
        Day zero where the column counts days.
    link
        In a table of service lines, the column that names the claim.
    """

    claims: str
    column: str
    claim: str
    since: dt.date | None
    until: dt.date | None
    legal: tuple[float, float]
    epoch: dt.date | None
    link: str | None = None


def sqlite_file(url: str) -> Path | None:
    """Return the file of an embedded database; None for a server."""
    parsed = _parse(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


def read_table(
    url: str, table: str, choose: Callable[[Sequence[str]], list[str]], window: Window | None
) -> Iterator[pa.Table]:
    """Stream a table; ``choose`` picks among the columns it has."""
    with connect(url) as engine:
        reflected = _reflect(engine, table, url)
        columns = choose([column.name for column in reflected.columns])
        query = select(*(reflected.c[name] for name in columns))
        if window is not None:
            query = _bounded(query, engine, reflected, window, url)
        yield from _stream(engine, query, columns)


@contextmanager
def connect(url: str, *, create: bool = False) -> Iterator[Engine]:
    """Open an engine whose failures never name a password; ``create`` allows a new SQLite file."""
    parsed = _parse(url)
    shown = mask_url(url)
    file = sqlite_file(url)
    if file is not None and not create and not file.is_file():  # SQLite would make an empty one
        raise SourceError(shown, "no such file", "Mend the URL, or run `dvc repro simulate` for the demo.")
    try:
        engine = create_engine(parsed)
    except NoSuchModuleError:
        raise SourceError(shown, f"unknown database {parsed.drivername!r}", "Mend the URL.") from None
    except ModuleNotFoundError as error:
        raise SourceError(
            shown, f"its driver {error.name!r} is not installed", f"pip install {error.name}"
        ) from None
    try:
        yield engine
    except SQLAlchemyError as error:
        reason = mask_urls(first_line(getattr(error, "orig", None) or error), url)
        raise SourceError(shown, reason, "Check that the server runs and that its URL is right.") from None
    finally:
        engine.dispose()


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        raise SourceError(
            "the source", "not a SQLAlchemy URL", "Write it as driver://user@host:port/name."
        ) from None
    if "@" in (parsed.host or ""):  # the end of a password, which the driver's error would show
        raise SourceError(mask_url(url), "an @ in its user or password", "Write that one as %40.")
    return parsed


def split_name(table: str) -> tuple[str, str | None]:
    """Split a table that may be written ``schema.table`` into name and schema."""
    schema, _, name = table.rpartition(".")
    return name, schema or None


def _reflect(engine: Engine, table: str, url: str) -> Table:
    name, schema = split_name(table)
    names = inspect(engine).get_table_names(schema) + inspect(engine).get_view_names(schema)
    if name not in names:
        problem = f"no table {table!r}; found {', '.join(names) or 'none'}"
        raise SourceError(mask_url(url), problem, "Mend the contract's table.")
    return Table(name, MetaData(), schema=schema, autoload_with=engine)


def _bounded(query: Any, engine: Engine, reflected: Table, window: Window, url: str) -> Any:
    """Let a server filter on a natively typed event time; rows without one still come."""
    claims = reflected if window.link is None else _reflect(engine, window.claims, url)
    event = claims.c[window.column]
    native = isinstance(event.type, sql.Date | sql.DateTime) or (
        window.epoch is not None and isinstance(event.type, sql.Integer | sql.Numeric)
    )
    if engine.dialect.name == "sqlite" or not native:  # SQLite stores any type in any column
        return query
    inside = [event >= _bound(window.since, window)] if window.since else []
    inside += [event < _bound(window.until, window)] if window.until else []
    illegal = [event < _bound(_date(window.legal[0]), window)] if math.isfinite(window.legal[0]) else []
    illegal += [event > _bound(_date(window.legal[1]), window)] if math.isfinite(window.legal[1]) else []
    kept = or_(event.is_(None), *illegal, and_(true(), *inside))
    if window.link is None:
        return query.where(kept)
    return query.where(reflected.c[window.link].in_(select(claims.c[window.claim]).where(kept)))


def _date(day: float) -> dt.date:
    return dt.date(1970, 1, 1) + dt.timedelta(days=day)


def _bound(day: dt.date, window: Window) -> Any:
    return day if window.epoch is None else (day - window.epoch).days


def _stream(engine: Engine, query: Any, columns: list[str]) -> Iterator[pa.Table]:
    with engine.connect().execution_options(stream_results=True, yield_per=ROWS) as connection:
        empty = True
        for rows in connection.execute(query).partitions():
            empty = False
            yield pa.table(
                {name: _array(values) for name, values in zip(columns, zip(*rows, strict=True), strict=True)}
            )
        if empty:
            yield pa.table({name: pa.nulls(0) for name in columns})


def _array(values: tuple[Any, ...]) -> pa.Array:
    """Make one column of a chunk; of texts where a loosely typed database mixes types."""
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.array([plain_text(value) for value in values])


def count_rows(url: str, table: str) -> int:
    """Count the rows of a table."""
    with connect(url) as engine, engine.connect() as connection:
        return int(
            connection.execute(select(func.count()).select_from(_reflect(engine, table, url))).scalar_one()
        )
