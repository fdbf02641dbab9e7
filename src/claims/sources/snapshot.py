"""A snapshot: the claims of a window, typed, without identifiers, in an order that no source can change."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from claims.base.errors import DataError, SourceError
from claims.contract import Contract, optional
from claims.data.batch import DAY_ZERO, Categories, Frame
from claims.data.checksum import checksum, row_hashes
from claims.data.correct import correct_frame
from claims.data.outcomes import APPROVED, OUTCOME, REJECTED, UNKNOWN, UNREADABLE
from claims.data.storage import decode_texts, find_owner, from_arrow, to_arrow
from claims.sources.database import Window, count_rows
from claims.sources.read import Wanted, is_file, read_tables
from claims.sources.typed import type_rows

_OUTCOMES = [APPROVED, REJECTED, UNKNOWN]


@dataclass(frozen=True)
class Bounds:
    """Which claims are read, and what was known of them when.

    Attributes
    ----------
    since, until
        First day received, and first day no longer; None for no bound.
    as_of
        Outcomes adjudicated after this day count as unknown.
    """

    since: dt.date | None = None
    until: dt.date | None = None
    as_of: dt.date | None = None


@dataclass(frozen=True)
class Snapshot:
    """Extracted claims: source rows = in window + outside + without a usable event time + forgotten.

    Attributes
    ----------
    claims
        In the window, by event time and identifier, all outcomes; with ``_outcome`` and ``_unreadable``.
    undated
        Without a usable event time.
    lines
        Service lines of ``claims``, in their order; None where the contract has none.
    as_of
        Up to which day outcomes were looked for.
    """

    claims: pa.Table
    undated: pa.Table
    lines: pa.Table | None
    source_rows: int
    checksum: str
    as_of: dt.date


def take_snapshot(
    contract: Contract, url: str, lines_url: str | None, bounds: Bounds, key: bytes
) -> Snapshot:
    """Extract a window of claims.

    Parameters
    ----------
    contract
        Types, roles and privacy of the columns.
    url, lines_url
        The source, and the file of service lines beside a file of claims.
    bounds
        The window.
    key
        Hashes identifiers.

    Raises
    ------
    SourceError, DataError
        The source cannot be read; the window is empty.
    """
    table = contract.claims.table
    if bounds.as_of is not None:
        _refuse_undated(contract)
    wanted = Wanted(table, list(contract.kept), optional(contract.kept), contract.claims.encoding)
    inside, undated, seen = [], [], 0
    for raw in read_tables(url, wanted, _window(contract, bounds)):
        seen += raw.num_rows
        typed, dated, within = _type_chunk(contract, raw, bounds, key)
        inside.append(typed.filter(pa.array(within)))
        undated.append(typed.filter(pa.array(~dated)))
    rows = seen if is_file(url) else count_rows(url, table)
    claims = _ordered_claims(contract, _concat(inside))
    if not claims.num_rows:
        window = f"{bounds.since or 'the first'} to {bounds.until or 'the last'}"
        raise DataError(
            table, f"no claims from {window} among {rows:,}", "Mend source.since and source.until."
        )
    if contract.lines and is_file(url) and lines_url is None:
        raise SourceError("source.lines_url", "not given", f"Give the file of {contract.lines.table}.")
    lines = _read_lines(contract, lines_url or url, bounds, key, claims)
    return Snapshot(
        claims=claims,
        undated=_ordered_claims(contract, _concat(undated)),
        lines=lines,
        source_rows=rows,
        checksum=claims_checksum(contract, claims, lines),
        as_of=min(bounds.as_of or dt.date.max, last_day(contract, claims)),
    )


def _refuse_undated(contract: Contract) -> None:
    """Refuse to cut outcomes and findings at a day where they have no date."""
    outcome = contract.outcome
    dates = {"an outcome": ("outcome", outcome.known_at)}
    if outcome.anomaly:
        dates["an anomaly"] = ("outcome.anomaly", outcome.anomaly.known_at)
    for what, (where, known_at) in dates.items():
        if known_at is None:
            remedy = f"Name that column under {where}.known_at, or leave source.as_of null."
            raise DataError("source.as_of", f"the contract does not say when {what} was known", remedy)


def last_day(contract: Contract, claims: pa.Table) -> dt.date:
    """Return the last day on which a claim was received or an outcome known, within legal ranges."""
    frame, last = from_arrow(contract.kept, claims), -np.inf
    for name in (contract.claims.event_time, contract.outcome.known_at):
        if name is not None:
            days, (low, high) = frame.numbers(name), contract.columns[name].bounds
            last = max(last, days[(days >= low) & (days <= high)].max(initial=-np.inf))
    return DAY_ZERO + dt.timedelta(days=last)


def _window(contract: Contract, bounds: Bounds, link: str | None = None) -> Window:
    event = contract.columns[contract.claims.event_time]
    names = (contract.claims.table, contract.claims.event_time, contract.claims.identifier)
    return Window(*names, bounds.since, bounds.until, event.bounds, event.epoch, link)


def _type_chunk(
    contract: Contract, raw: pa.Table, bounds: Bounds, key: bytes
) -> tuple[pa.Table, NDArray[np.bool_], NDArray[np.bool_]]:
    """Type rows and add outcomes; bool [n] whether dated; bool [n] whether in the window."""
    frame = type_rows(contract.kept, raw, key)
    day = frame.numbers(contract.claims.event_time)
    low, high = contract.columns[contract.claims.event_time].bounds
    dated = (day >= low) & (day <= high)  # false for NaN
    within = dated & (day >= _day(bounds.since, -np.inf)) & (day < _day(bounds.until, np.inf))
    outcome = find_outcome(contract, frame, bounds.as_of)
    frame = _forget_unknown(contract, frame, outcome)
    frame = _forget_later_audits(contract, frame, bounds.as_of)
    table = to_arrow(contract.kept, frame).append_column(OUTCOME, decode_texts(outcome))
    return table.append_column(UNREADABLE, decode_texts(_unreadable(frame))), dated, within


def _day(date: dt.date | None, default: float) -> float:
    return default if date is None else float((date - DAY_ZERO).days)


def find_outcome(contract: Contract, frame: Frame, as_of: dt.date | None) -> Categories:
    """Find each outcome: approved, rejected or unknown, as mapped by the contract and known on a day."""
    outcome = contract.outcome
    column = correct_frame({outcome.column: contract.columns[outcome.column]}, frame).categories(
        outcome.column
    )
    meaning = dict.fromkeys(outcome.approved, 0) | dict.fromkeys(outcome.rejected, 1)
    codes = np.array([*(meaning.get(level, 2) for level in column.levels), 2], dtype=np.int32)[column.codes]
    if as_of is not None and outcome.known_at is not None:
        known_at = frame.numbers(outcome.known_at)
        codes = np.where(known_at <= _day(as_of, np.inf), codes, 2).astype(np.int32)
    return Categories(codes, _OUTCOMES)


def _forget_unknown(contract: Contract, frame: Frame, outcome: Categories) -> Frame:
    """Blank an outcome that counts as unknown, and all that came with it: it may change any day."""
    unknown = outcome.codes == _OUTCOMES.index(UNKNOWN)
    return _blank(frame, [n for n, column in contract.kept.items() if column.known == "outcome"], unknown)


def _forget_later_audits(contract: Contract, frame: Frame, as_of: dt.date | None) -> Frame:
    """Blank what an audit found after a day."""
    anomaly = contract.outcome.anomaly
    if as_of is None or anomaly is None or anomaly.known_at is None:
        return frame
    later = ~(frame.numbers(anomaly.known_at) <= _day(as_of, np.inf))  # true for NaN
    return _blank(frame, [anomaly.column, anomaly.known_at], later)


def _blank(frame: Frame, names: list[str], rows: NDArray[np.bool_]) -> Frame:
    """Return the frame without the values of those columns in those rows."""
    data = dict(frame.columns)
    for name in names:
        values = data[name]
        if isinstance(values, Categories):
            data[name] = Categories(np.where(rows, -1, values.codes).astype(np.int32), values.levels)
        else:
            data[name] = np.where(rows, np.nan, values)
    return Frame(frame.size, data, frame.unreadable)


def _unreadable(frame: Frame) -> Categories:
    """Name the columns whose value could not be read, one text a row."""
    texts = np.full(frame.size, "", dtype=object)
    for name, mask in frame.unreadable.items():
        texts[mask] += np.where(texts[mask] == "", name, "," + name)
    levels, codes = np.unique(texts.astype(str), return_inverse=True)
    return Categories(codes.astype(np.int32), levels.tolist()).recode(
        [text or None for text in levels.tolist()]
    )


def _concat(tables: list[pa.Table]) -> pa.Table:
    return pa.concat_tables(tables, promote_options="permissive").unify_dictionaries()


def _ordered_claims(contract: Contract, table: pa.Table) -> pa.Table:
    """Order rows by event time, identifier and content."""
    frame = from_arrow(contract.kept, table)
    identifier = frame.categories(contract.claims.identifier).texts().astype("U32")
    return canonical(
        table.take(np.lexsort((row_hashes(frame), identifier, frame.numbers(contract.claims.event_time))))
    )


def canonical(table: pa.Table) -> pa.Table:
    """Put dictionaries in order of appearance, so that equal rows are stored as equal bytes."""
    columns = {}
    for name in table.column_names:
        column = table[name]
        if pa.types.is_dictionary(column.type):
            column = column.cast(pa.string()).combine_chunks().dictionary_encode()
        columns[name] = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return pa.table(columns)


def _read_lines(
    contract: Contract, url: str, bounds: Bounds, key: bytes, claims: pa.Table
) -> pa.Table | None:
    if contract.lines is None:
        return None
    columns, lines = contract.kept_lines, contract.lines
    wanted = Wanted(lines.table, list(columns), optional(columns), contract.claims.encoding)
    kept = list(
        _lines_of(contract, read_tables(url, wanted, _window(contract, bounds, lines.claim)), key, claims)
    )
    table = _concat(kept)
    frame = from_arrow(columns, table)
    owner = find_owner(claims[contract.claims.identifier], table[lines.claim])
    return canonical(table.take(np.lexsort((row_hashes(frame), frame.numbers(lines.order), owner))))


def _lines_of(
    contract: Contract, raws: Iterator[pa.Table], key: bytes, claims: pa.Table
) -> Iterator[pa.Table]:
    """Type the lines of those claims, chunk by chunk."""
    assert contract.lines is not None
    for raw in raws:
        frame = type_rows(contract.kept_lines, raw, key)
        table = to_arrow(contract.kept_lines, frame).append_column(
            UNREADABLE, decode_texts(_unreadable(frame))
        )
        owner = find_owner(claims[contract.claims.identifier], table[contract.lines.claim])
        yield table.filter(pa.array(owner >= 0))


def claims_checksum(contract: Contract, claims: pa.Table, lines: pa.Table | None) -> str:
    """Compute the checksum of claims and their lines, whatever their order."""
    hashes = row_hashes(from_arrow(contract.kept, claims))
    if lines is not None:
        hashes = np.concatenate((hashes, row_hashes(from_arrow(contract.kept_lines, lines))))
    return checksum(hashes)
