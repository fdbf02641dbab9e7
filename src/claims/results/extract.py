"""``metrics/extract.json``: which claims were read."""

import datetime as dt

from pydantic import BaseModel, ConfigDict

from claims.base.strict import Strict


class ExtractedClaims(BaseModel):
    """What the file has said of the claims in every version of the code; other keys are passed over."""

    model_config = ConfigDict(frozen=True)

    in_window: int
    decided: int
    approved: int
    first_event: dt.date
    last_event: dt.date
    checksum: str
    key_fingerprint: str | None = None

    @property
    def label_rate(self) -> float | None:
        """Share of the decided claims that were approved."""
        return self.approved / self.decided if self.decided else None


class ExtractMetrics(Strict):
    """Counts that add up, the window that was read, and the checksum of its claims.

    Attributes
    ----------
    source_rows
        Rows of the source: those in the window, outside of it, without an event time, and forgotten ones.
    decided
        Claims in the window with an outcome of a person's or a rule's; the others are ``undecided`` or
        ``decided_by_model_alone``.
    as_of
        The day up to which outcomes were looked for.
    key_fingerprint
        Of the key that identifiers were hashed with.
    """

    source_rows: int
    in_window: int
    outside_window: int
    forgotten: int
    without_event_time: int
    decided: int
    approved: int
    rejected: int
    undecided: int
    decided_by_model_alone: int
    lines: int
    first_event: dt.date
    last_event: dt.date
    as_of: dt.date
    checksum: str
    key_fingerprint: str
