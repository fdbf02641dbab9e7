"""The claims of two years, streamed chunk by chunk into a database, and the truth about them into a file.

Chunk `k` is drawn from the seed and `k` alone: the first claims are the same however many follow.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from claims.base.files import replacing
from claims.simulator import meaning
from claims.simulator.adjudicate import decide
from claims.simulator.audit import audit
from claims.simulator.dirt import soil
from claims.simulator.lines import Lines
from claims.simulator.people import Members, Providers
from claims.simulator.submission import Columns, claim_columns
from claims.simulator.visits import Visits

CLAIMS_PER_MEMBER = 4

SCHEMA = """
CREATE TABLE claims_production (
    claim_id TEXT NOT NULL PRIMARY KEY,
    member_id TEXT NOT NULL,
    member_name TEXT NOT NULL,
    member_birth_date TEXT NOT NULL,
    member_sex TEXT NOT NULL,
    plan_type TEXT NOT NULL,
    payer_id TEXT NOT NULL,
    provider_npi TEXT NOT NULL,
    provider_specialty TEXT NOT NULL,
    facility_id TEXT NOT NULL,
    facility_state TEXT,
    place_of_service TEXT NOT NULL,
    in_network TEXT NOT NULL,
    claim_frequency_code TEXT NOT NULL,
    submission_channel TEXT NOT NULL,
    service_date TEXT NOT NULL,
    received_date TEXT,
    diagnosis_primary TEXT NOT NULL,
    diagnosis_codes TEXT NOT NULL,
    total_charge REAL NOT NULL,
    authorization_required TEXT NOT NULL,
    authorization_present TEXT NOT NULL,
    referral_present TEXT,
    documentation_attached TEXT NOT NULL,
    eligible_at_service TEXT NOT NULL,
    prior_same_service_count INTEGER NOT NULL,
    days_since_last_claim INTEGER,
    other_coverage TEXT,
    claim_status TEXT NOT NULL,
    adjudicated_date TEXT,
    reason_code TEXT,
    paid_amount REAL,
    decided_by TEXT,
    audit_finding TEXT,
    audit_date TEXT
) WITHOUT ROWID;
CREATE TABLE claim_line_items (
    claim_id TEXT NOT NULL,
    line_number INTEGER NOT NULL,
    procedure_code TEXT NOT NULL,
    modifier TEXT,
    units INTEGER NOT NULL,
    line_charge REAL NOT NULL,
    diagnosis_pointer INTEGER NOT NULL,
    PRIMARY KEY (claim_id, line_number)
) WITHOUT ROWID;
"""

TRUTH = pa.schema([("claim_id", pa.string()), ("approval_probability", pa.float64())])


def simulate(
    database: Path,
    truth: Path,
    *,
    rows: int = 60_000,
    seed: int = 7,
    start: date = date(2024, 7, 1),
    days: int = 730,
    chunk: int = 20_000,
    progress: Callable[[int], None] | None = None,
) -> None:
    """Write a database of claims, and the true probabilities of their approval beside it.

    The same arguments give the same bytes. Both files are replaced only when they are complete.

    Parameters
    ----------
    database
        SQLite file with the tables claims_production and claim_line_items.
    truth
        Parquet file with the columns claim_id and approval_probability; one row group a chunk.
    rows
        Number of claims.
    seed
        Seed of all that is drawn, from 0.
    start
        First day on which claims are received.
    days
        Number of days on which claims are received and decided; what takes longer stays pending.
    chunk
        Number of claims that are drawn and written at a time. The claims depend on it.
    progress
        Called after every chunk with the number of claims written so far.
    """
    window = Window(seed, np.datetime64(start, "D"), days, chunk)
    with (
        replacing(truth) as new_truth,
        replacing(database) as new_database,
        closing(_created(new_database)) as connection,
        pq.ParquetWriter(new_truth, TRUTH) as writer,
    ):
        written = 0
        for drawn in window.chunks(rows):
            drawn.write(connection, writer)
            written += len(drawn.approval)
            if progress is not None:
                progress(written)


def _created(database: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(database)
    # The file is new and takes its name only when complete: no journal needs to protect it.
    connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + SCHEMA)
    return connection


@dataclass(frozen=True)
class Chunk:
    """Some claims, as they are written.

    Attributes
    ----------
    claims
        Columns of claims_production, each (claims,), in the order of the table.
    lines
        Columns of claim_line_items, each (lines,), in the order of the table.
    approval
        (claims,) the true probability of approval.
    """

    claims: Columns
    lines: Columns
    approval: NDArray[np.float64]

    def head(self, count: int) -> "Chunk":
        """Give the first `count` claims with their lines."""
        last = self.claims["claim_id"][:count][-1]
        lines = int(np.searchsorted(self.lines["claim_id"], last, side="right"))
        return Chunk(
            {name: column[:count] for name, column in self.claims.items()},
            {name: column[:lines] for name, column in self.lines.items()},
            self.approval[:count],
        )

    def write(self, connection: sqlite3.Connection, writer: pq.ParquetWriter) -> None:
        """Append the claims to both tables in one transaction, and to the truth in one row group."""
        with connection:
            _insert(connection, "claims_production", self.claims)
            _insert(connection, "claim_line_items", self.lines)
        writer.write_table(pa.table([self.claims["claim_id"], self.approval], schema=TRUTH))


def _insert(connection: sqlite3.Connection, table: str, columns: Columns) -> None:
    marks = ", ".join("?" * len(columns))
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)  # noqa: S608


@dataclass(frozen=True)
class Window:
    """The days of which claims are drawn.

    Attributes
    ----------
    seed
        Seed of all that is drawn.
    start
        First day on which claims are received.
    days
        Number of days.
    chunk
        Number of claims in a chunk.
    """

    seed: int
    start: np.datetime64
    days: int
    chunk: int

    def chunks(self, rows: int) -> Iterator[Chunk]:
        """Draw `rows` claims, chunk by chunk; the last is drawn whole and then cut."""
        providers = Providers.drawn(np.random.default_rng(np.random.SeedSequence([self.seed, 0])))
        for number, first in enumerate(range(0, rows, self.chunk)):
            drawn = self._drawn(number, providers)
            yield drawn if first + self.chunk <= rows else drawn.head(rows - first)

    def _drawn(self, number: int, providers: Providers) -> Chunk:
        rng = np.random.default_rng(np.random.SeedSequence([self.seed, 1 + number]))
        first, end = number * self.chunk, self.start + self.days
        member_count = -(-self.chunk // CLAIMS_PER_MEMBER)
        members = Members.drawn(rng, member_count, number * member_count, self.start)
        visits = Visits.drawn(rng, self.chunk, members, self.start, self.days)
        billed = Lines.drawn(rng, visits, providers.price[visits.provider])
        claim_ids = np.array([f"CLM{first + place:010d}" for place in range(self.chunk)], dtype=object)
        lines = billed.columns(claim_ids)
        clean = claim_columns(
            rng, claim_ids=claim_ids, visits=visits, lines=billed, members=members, providers=providers
        )
        submitted = soil(rng, clean)
        facts = meaning.read(submitted, lines)
        outcome, approval = decide(rng, facts, visits.received, clean["total_charge"], end)
        adjudicated = outcome["adjudicated_date"].astype("datetime64[D]")
        return Chunk({**submitted, **outcome, **audit(rng, facts, adjudicated, end)}, lines, approval)
