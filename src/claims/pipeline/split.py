"""split: train, validation, calibration and test, one after the other in event time, and what is immature."""

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from claims.base.stage import In, Out, read_json, run, write_json
from claims.config.params import load_params
from claims.contract import Contract, load_contract
from claims.data.batch import Numbers
from claims.data.maturity import Maturity, describe
from claims.data.outcomes import APPROVED, outcomes
from claims.data.storage import from_arrow
from claims.data.tables import read_table, write_table
from claims.data.windows import GAP, IMMATURE, SPLITS, check_outcomes, find_starts


def split(
    contract_file: In, extracted: In, raw: In, valid: In, assignment: Out, metrics: Out, matured: Out
) -> None:
    """Write one row a claim: its identifier and its split, or ``immature``, or ``gap``."""
    params, contract = load_params(), load_contract(contract_file)
    claims = read_table(valid / "claims.parquet")
    days = _days(contract, claims)
    starts = find_starts(days, params.split)
    as_of = dt.date.fromisoformat(read_json(extracted)["as_of"])
    maturity = Maturity(as_of, contract.outcome.mature_after_days)
    names = maturity.split(days, starts, contract.gap_days)
    check_outcomes(names, outcomes(claims) == APPROVED)
    table = pa.table(
        {"claim": claims[contract.claims.identifier], "split": pa.array(names).dictionary_encode()}
    )
    write_table(assignment, table)
    write_json(
        metrics,
        {
            name: _describe(claims.filter(pa.array(names == name)), contract.claims.event_time)
            for name in (*SPLITS, IMMATURE, GAP)
        },
    )
    found = {"valid": days} | _extracted_days(contract, raw)
    write_json(matured, describe(maturity, found, starts, contract.gap_days))
    print("split: " + ", ".join(f"{int((names == name).sum()):,} {name}" for name in (*SPLITS, IMMATURE)))


def _extracted_days(contract: Contract, raw: Path) -> dict[str, Numbers]:
    """Event times of all claims in the window, by what became of them."""
    files = {"decided": "claims", "undecided": "undecided", "model_decided": "model_decided"}
    return {name: _days(contract, read_table(raw / f"{file}.parquet")) for name, file in files.items()}


def _days(contract: Contract, claims: pa.Table) -> Numbers:
    return from_arrow(contract.kept, claims).numbers(contract.claims.event_time)


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
