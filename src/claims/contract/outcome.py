"""What a contract says of outcomes: how a decision reads, who made it, and what audits found afterwards."""

from typing import Self

from pydantic import Field, model_validator

from claims.base.strict import Strict
from claims.contract.columns import Texts


class DecidedBy(Strict):
    """Who made an outcome: rows decided by the model alone never become training rows."""

    column: str
    person: Texts = ()
    rule: Texts = ()
    model: Texts = ()


class Anomaly(Strict):
    """What an audit found, where claims are audited; a value in neither list says nothing yet.

    Attributes
    ----------
    findings
        Values that mean an anomaly.
    clean
        Values that mean audited, and nothing found.
    known_at
        The date of the finding.
    clean_after_days
        Days from the decision after which every claim without a finding counts as clean, for tables that
        keep findings alone. None: only audited claims teach.
    """

    column: str
    findings: Texts = Field(min_length=1)
    clean: Texts = ()
    known_at: str | None = None
    clean_after_days: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _tells_apart(self) -> Self:
        if not self.clean and self.clean_after_days is None:
            raise ValueError("no claim would count as clean; give clean, or clean_after_days")
        if both := [value for value in self.findings if value in self.clean]:
            raise ValueError(f"{both[0]!r} stands under findings and under clean")
        return self


class Outcome(Strict):
    """How the outcome column maps to approved and rejected; every other value is not known yet.

    Attributes
    ----------
    known_at
        The column that holds the day on which the outcome became known.
    mature_after_days
        How long after its event a claim's outcome is trusted to be there; None where no wait helps.
    """

    column: str
    approved: Texts = Field(min_length=1)
    rejected: Texts = Field(min_length=1)
    known_at: str | None = None
    mature_after_days: int | None = Field(default=None, ge=0)
    decided_by: DecidedBy | None = None
    anomaly: Anomaly | None = None
