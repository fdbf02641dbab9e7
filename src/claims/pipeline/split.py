"""split: train, validation, calibration and test, one after the other in event time, and what is immature."""

from pathlib import Path

import pyarrow as pa

from claims.base.stage import In, Out, run
from claims.config.params import load_params
from claims.contract import Contract, load_contract
from claims.data.batch import Numbers
from claims.data.maturity import Maturity, describe
from claims.data.outcomes import APPROVED, outcomes
from claims.data.storage import from_arrow
from claims.data.tables import read_table, write_table
from claims.data.window_counts import count_windows
from claims.data.windows import IMMATURE, SPLITS, check_outcomes, find_starts
from claims.results.extract import ExtractMetrics
from claims.results.files import read_metrics, write_metrics


def split(
    contract_file: In, extracted: In, raw: In, valid: In, assignment: Out, metrics: Out, matured: Out
) -> None:
    """Write one row a claim: its identifier and its split, or ``immature``, or ``gap``."""
    params, contract = load_params(), load_contract(contract_file)
    claims = read_table(valid / "claims.parquet")
    days = _days(contract, claims)
    starts = find_starts(days, params.split)
    as_of = read_metrics(ExtractMetrics, extracted).as_of
    maturity = Maturity(as_of, contract.outcome.mature_after_days)
    names = maturity.split(days, starts, contract.gap_days)
    check_outcomes(names, outcomes(claims) == APPROVED)
    columns = {"claim": claims[contract.claims.identifier], "split": pa.array(names).dictionary_encode()}
    write_table(assignment, pa.table(columns))
    write_metrics(metrics, count_windows(names, claims, contract.claims.event_time))
    received = {"valid": days} | _extracted_days(contract, raw)
    write_metrics(matured, describe(maturity, received, starts, contract.gap_days))
    print("split: " + ", ".join(f"{int((names == name).sum()):,} {name}" for name in (*SPLITS, IMMATURE)))


def _extracted_days(contract: Contract, raw: Path) -> dict[str, Numbers]:
    """Read the event times of all claims in the window, by what became of them."""
    files = {"decided": "claims", "undecided": "undecided", "model_decided": "model_decided"}
    return {name: _days(contract, read_table(raw / f"{file}.parquet")) for name, file in files.items()}


def _days(contract: Contract, claims: pa.Table) -> Numbers:
    return from_arrow(contract.kept, claims).numbers(contract.claims.event_time)


if __name__ == "__main__":
    run(split)
