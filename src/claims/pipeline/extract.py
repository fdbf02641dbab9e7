"""extract: a window of claims, typed and ordered, without direct identifiers."""

from pathlib import Path

from claims.base.errors import ParamsError
from claims.base.stage import In, Out, run
from claims.config.params import Source, load_params
from claims.contract import Contract, load_contract
from claims.data.pseudonyms import fingerprint, hash_key
from claims.data.tables import write_table
from claims.results.files import write_metrics
from claims.sources.leave_out import leave_out
from claims.sources.parts import partition, summarise
from claims.sources.read import file_behind
from claims.sources.snapshot import Bounds, Snapshot, take_snapshot
from claims.sources.tombstones import forgotten_by, tombstone_file
from claims.sources.watermark import read_watermark


def extract(contract_file: In, tombstones: In, raw: Out, metrics: Out) -> None:
    """Write ``claims``, ``undecided``, ``model_decided``, ``undated`` and ``lines`` as Parquet."""
    source, contract = load_params().source, load_contract(contract_file)
    key = hash_key(contract, is_demo=source.is_demo)
    subjects = forgotten_by(tombstone_file(contract, tombstones), contract, key)
    snapshot, forgotten = leave_out(contract, _read(contract, source, key), subjects)
    parts = partition(contract, snapshot)
    for name, table in parts.items():
        write_table(raw / f"{name}.parquet", table)
    if snapshot.lines is not None:
        write_table(raw / "lines.parquet", snapshot.lines)
    counts = summarise(contract, snapshot, parts, forgotten, fingerprint(key))
    write_metrics(metrics, counts)
    left_out = f", {forgotten:,} forgotten" if forgotten else ""
    read = f"{counts.in_window:,} of {counts.source_rows:,} claims"
    print(f"extract: {read}, {counts.decided:,} decided{left_out}")


def _read(contract: Contract, source: Source, key: bytes) -> Snapshot:
    """A file is watched itself; a server through the watermark that `claims snapshot` wrote."""
    watch, file = Path(source.watch), file_behind(source.url)
    bounds = Bounds(source.since, source.until, source.as_of)
    if file is not None:
        for read in [file, *([Path(source.lines_url)] if source.lines_url else [])]:
            if not read.resolve().is_relative_to(watch.resolve()):
                raise ParamsError("source.watch", f"{watch} does not hold {read}", "Name what holds it.")
        return take_snapshot(contract, source.url, source.lines_url, bounds, key)
    mark = read_watermark(watch)
    snapshot = take_snapshot(contract, source.url, None, mark.bound(bounds), key)
    mark.check(snapshot, contract.claims.table)
    return snapshot


if __name__ == "__main__":
    run(extract)
