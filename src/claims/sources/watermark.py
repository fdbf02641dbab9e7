"""A server's claims as a small file that DVC can depend on: how far they went, how many, and their checksum.

`claims snapshot` writes it; extraction reads no further than it, and stops if the server now says otherwise.
"""

import datetime as dt
import json
from pathlib import Path

from pydantic import ValidationError

from claims.base.errors import DataError, SourceError
from claims.base.files import write_whole
from claims.base.strict import Strict
from claims.contract import Contract
from claims.sources.snapshot import Bounds, Snapshot, take_snapshot

_RETAKE = "Run `claims snapshot` again."


class Watermark(Strict):
    """Extent of a server's claims when `claims snapshot` looked.

    Attributes
    ----------
    until
        First day received that is not read: the last day found, which may still be filling.
    as_of
        The day before the last adjudication found, whose day may still be filling; later outcomes count as
        unknown. None where none is dated.
    rows, checksum
        Of the claims in the window.
    """

    until: dt.date
    as_of: dt.date | None
    rows: int
    checksum: str

    def write(self, path: Path) -> None:
        """Write the file that extraction depends on."""
        if path.is_dir():
            raise SourceError(
                str(path), "a folder", "Set source.watch to a file, such as data/watermark.json."
            )
        write_whole(path, self.model_dump_json(indent=2) + "\n")

    def bound(self, bounds: Bounds) -> Bounds:
        """Return bounds that read no further than the watermark."""
        until = min(self.until, bounds.until or self.until)
        as_of = bounds.as_of if self.as_of is None else min(self.as_of, bounds.as_of or self.as_of)
        return Bounds(bounds.since, until, as_of)

    def check(self, snapshot: Snapshot, where: str) -> None:
        """Refuse a server that no longer holds what the watermark says."""
        if snapshot.checksum != self.checksum:
            problem = (
                f"{snapshot.claims.num_rows:,} claims that differ from the {self.rows:,} of the watermark"
            )
            raise DataError(where, problem, _RETAKE)


def take_watermark(contract: Contract, url: str, bounds: Bounds, key: bytes) -> Watermark:
    """Look at a server: how far its claims go now, then their checksum up to there."""
    first = take_snapshot(contract, url, None, bounds, key)
    event, known_at = contract.claims.event_time, contract.outcome.known_at
    until = first.claims[event][-1].as_py()
    as_of = _day_before_last(first, known_at) if known_at else None
    mark = Watermark(until=until, as_of=as_of, rows=0, checksum="")
    bounded = take_snapshot(contract, url, None, mark.bound(bounds), key)
    return Watermark(until=until, as_of=as_of, rows=bounded.claims.num_rows, checksum=bounded.checksum)


def _day_before_last(snapshot: Snapshot, column: str) -> dt.date | None:
    days = [day for day in snapshot.claims[column].to_pylist() if day is not None]
    return max(days) - dt.timedelta(days=1) if days else None


def read_watermark(path: Path) -> Watermark:
    """Read the file that `claims snapshot` wrote."""
    try:
        return Watermark.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except OSError:
        remedy = "Set source.watch to data/watermark.json and run `claims snapshot`."
        raise SourceError(str(path), "no watermark of a server's claims", remedy) from None
    except (ValidationError, ValueError):
        raise SourceError(str(path), "no watermark", _RETAKE) from None
