"""Scoring a whole input: a file, a table or standard input in; claim id, score, decision and route out."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from claims.base.errors import DataError, SourceError
from claims.contract import Contract, optional
from claims.data.batch import ITEM, Batch, Frame
from claims.data.parse import parse
from claims.data.pseudonyms import KEY_VARIABLE, fingerprint, hash_key
from claims.data.records import from_records
from claims.data.storage import attach, find_owner
from claims.decisions.logits import Scores
from claims.serving.predictor import OptimizedPredictor, Predictions
from claims.sources.files import read_json_lines
from claims.sources.read import Wanted, checked_path, is_file, read_tables
from claims.sources.typed import type_rows

STDIN = "-"
_JSON_SUFFIXES = (".jsonl", ".ndjson")
_JSON_ROWS = 4096  # claims scored at a time


@dataclass(frozen=True)
class Chunk:
    """Claims as they came, as many as are scored at a time.

    Attributes
    ----------
    identifiers
        The caller's own ids, which go back to the caller and nowhere else.
    batch
        The same claims, typed.
    first
        Number of the first one in the input, from 1.
    """

    identifiers: pa.Array
    batch: Batch
    first: int


def score(
    predictor: OptimizedPredictor, chunks: Iterator[Chunk], *, skip_bad: bool, reasons: bool = False
) -> Iterator[pa.Table]:
    """Score chunk by chunk.

    Parameters
    ----------
    skip_bad
        Give a claim that cannot be read ``ML_SKIPPED_NO_FEATURES`` instead of stopping.
    reasons
        Add ``ml_reasons``: names of features joined by ``;``, null where there are none.

    Yields
    ------
    Tables as `scored_schema` says.

    Raises
    ------
    DataError
        Names the claim by its number and the field that cannot be read, never the value.
    """
    contract = predictor.contract
    for chunk in chunks:
        if not skip_bad:
            _refuse_unreadable(contract, chunk)
        predictions = predictor.predict(chunk.batch, reasons=reasons)
        yield _table(contract, chunk.identifiers, predictions)


def _table(contract: Contract, identifiers: pa.Array, predictions: Predictions) -> pa.Table:
    texts = [
        pa.array(texts, pa.string()) for texts in (predictions.ml_derived_decision, predictions.ml_route)
    ]
    columns = [identifiers, _nullable(predictions.ml_score), *texts]
    anomaly, reasons = predictions.ml_anomaly_score, predictions.ml_reasons
    if anomaly is not None:
        columns.append(_nullable(anomaly))
    if reasons is not None:
        columns.append(pa.array([ITEM.join(names) or None for names in reasons], pa.string()))
    schema = scored_schema(contract, with_anomaly=anomaly is not None, reasons=reasons is not None)
    return pa.Table.from_arrays(columns, schema=schema)


def _nullable(scores: Scores) -> pa.Array:
    return pa.array(scores, mask=np.isnan(scores))


def scored_schema(contract: Contract, *, with_anomaly: bool = False, reasons: bool = False) -> pa.Schema:
    """Return the columns of a scored table; ``ml_anomaly_score`` only where the model gives one."""
    text, number = pa.string(), pa.float64()
    kinds = {contract.claims.identifier: text, "ml_score": number}
    kinds |= {"ml_derived_decision": text, "ml_route": text}
    kinds |= {"ml_anomaly_score": number} if with_anomaly else {}
    kinds |= {"ml_reasons": text} if reasons else {}
    return pa.schema(kinds)


def _refuse_unreadable(contract: Contract, chunk: Chunk) -> None:
    batch = chunk.batch
    for name, mask in batch.claims.unreadable.items():
        raise _unreadable(chunk.first + int(np.argmax(mask)), name, contract.columns[name].type)
    for name, mask in batch.lines.unreadable.items():
        claim = chunk.first + int(batch.owner[np.argmax(mask)])
        raise _unreadable(claim, f"lines.{name}", contract.line_columns[name].type)


def _unreadable(claim: int, field: str, kind: str) -> DataError:
    remedy = "Mend the claim, or give --skip-bad to score the others."
    return DataError(f"claim {claim}: {field}", f"cannot be read as {kind}", remedy)


def scoring_key(predictor: OptimizedPredictor) -> bytes:
    """Return the key that training hashed with, where features read hashed identifiers; empty elsewhere.

    Raises
    ------
    DataError
        Where the key at hand is another one: its pseudonyms would be strangers to the model.
    """
    contract = predictor.contract
    if not any(column.protect == "hash" for column in contract.inputs.values()):
        return b""
    key = hash_key(contract, is_demo=True)
    if fingerprint(key) != predictor.key_fingerprint:
        raise DataError(KEY_VARIABLE, "not the key that the model was trained with", "Set that key.")
    return key


def read_chunks(
    contract: Contract, source: str, lines: str | None, key: bytes | None = b""
) -> Iterator[Chunk]:
    """Read claims of any source, typed as extraction types them.

    Parameters
    ----------
    contract
        The model's.
    source
        A .csv, .parquet or .jsonl path, a SQLAlchemy URL, or ``-`` for JSON lines on standard input.
    lines
        The file of service lines beside a .csv or .parquet file.
    key
        Hashes identifiers that features read; see `scoring_key`. None: they are pseudonyms already.
    """
    typed = parse if key is None else partial(type_rows, key=key)
    if source == STDIN:
        with TextIOWrapper(sys.stdin.buffer, contract.claims.encoding) as file:
            yield from _from_json(contract, file, "standard input", typed)
    elif is_file(source) and checked_path(source).suffix.lower() in _JSON_SUFFIXES:
        with Path(source).open(encoding=contract.claims.encoding) as file:
            yield from _from_json(contract, file, source, typed)
    else:
        yield from _from_tables(contract, source, lines, typed)


def _from_json(contract: Contract, file: IO[str], name: str, typed: Callable[..., Frame]) -> Iterator[Chunk]:
    first = 1
    for records in read_json_lines(_decoded(file, name), name, _JSON_ROWS):
        where = partial(_where, name, first)
        batch = from_records(contract, records, typed, where)
        identifiers = [_identifier(contract, record, where(row)) for row, record in enumerate(records)]
        yield Chunk(pa.array(identifiers, pa.string()), batch, first)
        first += len(records)


def _decoded(file: IO[str], name: str) -> Iterator[str]:
    try:
        yield from file
    except UnicodeDecodeError as error:
        remedy = "Give it in the encoding that the contract names."
        raise SourceError(name, f"not {error.encoding}", remedy) from None


def _where(name: str, first: int, row: int) -> str:
    return f"{name}, claim {first + row}"


def _identifier(contract: Contract, record: dict[str, Any], where: str) -> str | None:
    name = contract.claims.identifier
    if name not in record:
        raise DataError(f"{where}: {name}", "no such field", "Give every claim its identifier.")
    value = record[name]
    if isinstance(value, bool) or not isinstance(value, str | int | None):
        raise DataError(
            f"{where}: {name}", f"a JSON {type(value).__name__}", "Give a text or a whole number."
        )
    return None if value is None else str(value)


def _from_tables(
    contract: Contract, source: str, lines: str | None, typed: Callable[..., Frame]
) -> Iterator[Chunk]:
    identifier, columns = contract.claims.identifier, contract.inputs
    wanted = Wanted(
        contract.claims.table, [identifier, *columns], optional(columns), contract.claims.encoding
    )
    read_lines = None
    if contract.lines and contract.reads_lines:
        if is_file(source) and lines is None:
            raise SourceError("--lines", "not given", f"Give the file of {contract.lines.table}.")
        read_lines = _read_lines(contract, lines or source)
    first = 1
    for raw in read_tables(source, wanted):
        claims = typed(columns, raw)
        batch = Batch(claims) if read_lines is None else _attached(contract, raw, claims, read_lines, typed)
        yield Chunk(raw[identifier].cast(pa.string()).combine_chunks(), batch, first)
        first += raw.num_rows


def _read_lines(contract: Contract, source: str) -> pa.Table:
    assert contract.lines is not None
    columns = contract.ordered_line_inputs
    names = [contract.lines.claim, *columns]
    wanted = Wanted(contract.lines.table, names, optional(columns), contract.claims.encoding)
    return pa.concat_tables(read_tables(source, wanted), promote_options="permissive").unify_dictionaries()


def _attached(
    contract: Contract, raw: pa.Table, claims: Frame, lines: pa.Table, typed: Callable[..., Frame]
) -> Batch:
    """Join lines to these claims and order them as the contract says."""
    assert contract.lines is not None
    identifiers = raw[contract.claims.identifier].cast(pa.string())
    if pc.count_distinct(identifiers, mode="all").as_py() < len(identifiers):
        problem = f"{contract.claims.identifier} is missing or stands twice"
        raise DataError(contract.claims.table, problem, "Service lines need claims that can be told apart.")
    owner = find_owner(identifiers, lines[contract.lines.claim])
    owned = np.flatnonzero(owner >= 0)
    frame = typed(contract.ordered_line_inputs, lines.take(owned))
    return attach(claims, frame, owner[owned], contract.lines.order)
