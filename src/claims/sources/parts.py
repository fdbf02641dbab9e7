"""What becomes of each extracted claim: learned from, watched, or set apart."""

from typing import Any

import numpy as np
import pyarrow as pa

from claims.contract import Contract
from claims.data.correct import correct_frame
from claims.data.outcomes import APPROVED, REJECTED, UNKNOWN, outcomes
from claims.data.storage import from_arrow
from claims.results.extract import ExtractMetrics
from claims.sources.snapshot import Snapshot


def partition(contract: Contract, snapshot: Snapshot) -> dict[str, pa.Table]:
    """Divide a snapshot's claims.

    Returns
    -------
    ``claims``: decided by a person or a rule, to learn from. ``undecided``: outcome not known yet, for
    monitoring. ``model_decided``: decided by the model alone, which is no truth. ``undated``: without a
    usable event time.
    """
    unknown = outcomes(snapshot.claims) == UNKNOWN
    by_model = ~unknown & _decided_by_model(contract, snapshot.claims)
    masks = {"claims": ~unknown & ~by_model, "undecided": unknown, "model_decided": by_model}
    parts = {name: snapshot.claims.filter(pa.array(mask)) for name, mask in masks.items()}
    return parts | {"undated": snapshot.undated}


def _decided_by_model(contract: Contract, claims: pa.Table) -> Any:
    decided_by = contract.outcome.decided_by
    if decided_by is None:
        return np.zeros(claims.num_rows, dtype=bool)
    column = {decided_by.column: contract.columns[decided_by.column]}
    who = correct_frame(column, from_arrow(column, claims)).categories(decided_by.column)
    return np.isin(who.texts().astype(str), decided_by.model)


def summarise(
    contract: Contract,
    snapshot: Snapshot,
    parts: dict[str, pa.Table],
    forgotten: int,
    key_fingerprint: str,
) -> ExtractMetrics:
    """Count the claims of each part, of which ``forgotten`` were left out; see `ExtractMetrics`."""
    days = snapshot.claims[contract.claims.event_time]
    decided = outcomes(parts["claims"])
    seen = snapshot.claims.num_rows + snapshot.undated.num_rows + forgotten
    return ExtractMetrics(
        source_rows=snapshot.source_rows,
        in_window=snapshot.claims.num_rows,
        outside_window=snapshot.source_rows - seen,
        forgotten=forgotten,
        without_event_time=snapshot.undated.num_rows,
        decided=len(decided),
        approved=int((decided == APPROVED).sum()),
        rejected=int((decided == REJECTED).sum()),
        undecided=parts["undecided"].num_rows,
        decided_by_model_alone=parts["model_decided"].num_rows,
        lines=0 if snapshot.lines is None else snapshot.lines.num_rows,
        first_event=days[0].as_py(),
        last_event=days[-1].as_py(),
        as_of=snapshot.as_of,
        checksum=snapshot.checksum,
        key_fingerprint=key_fingerprint,
    )
