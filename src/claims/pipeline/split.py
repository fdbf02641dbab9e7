"""split: train, validation, calibration and test, one after the other in event time."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from claims.columns.outcomes import APPROVED, outcomes
from claims.columns.storage import from_arrow
from claims.config import load_params
from claims.contract import load_contract
from claims.pipeline.stage import In, Out, run, write_json
from claims.pipeline.tables import read_table, write_table
from claims.splits import GAP, SPLITS, assign, check_outcomes, find_starts


def split(contract_file: In, valid: In, assignment: Out, metrics: Out) -> None:
    """Write one row a claim: its identifier and its split, or ``gap``."""
    params, contract = load_params(), load_contract(contract_file)
    claims = read_table(valid / "claims.parquet")
    days = from_arrow(contract.kept, claims).numbers(contract.claims.event_time)
    starts = find_starts(days, params.split)
    names = assign(days, starts, contract.gap_days)
    check_outcomes(names, outcomes(claims) == APPROVED)
    table = pa.table(
        {"claim": claims[contract.claims.identifier], "split": pa.array(names).dictionary_encode()}
    )
    write_table(assignment, table)
    write_json(
        metrics,
        {
            name: _describe(claims.filter(pa.array(names == name)), contract.claims.event_time)
            for name in (*SPLITS, GAP)
        },
    )
    print("split: " + ", ".join(f"{int((names == name).sum()):,} {name}" for name in SPLITS))


def _describe(claims: pa.Table, event_time: str) -> dict[str, Any]:
    if not claims.num_rows:
        return {"rows": 0}
    window = pc.min_max(claims[event_time]).as_py()
    approved = (outcomes(claims) == APPROVED).mean()
    return {
        "rows": claims.num_rows,
        "approved_share": round(float(approved), 6),
        "first_event": str(window["min"]),
        "last_event": str(window["max"]),
    }


if __name__ == "__main__":
    run(split)
