"""validate: claims as the contract says, corrected and counted; the others quarantined with their reasons."""

import numpy as np
import pyarrow as pa

from claims.base.stage import In, Out, run
from claims.config.params import load_params
from claims.contract import load_contract
from claims.data.correct import correct
from claims.data.outcomes import OUTCOME
from claims.data.storage import load_batch, to_arrow
from claims.data.tables import read_table, write_table
from claims.results.files import write_metrics
from claims.validation.duplicates import FirstClaims
from claims.validation.faults import REASON, check_share, claim_faults, summarise, without_event_time


def validate(contract_file: In, raw: In, valid: Out, metrics: Out) -> None:
    """Write valid ``claims`` and ``lines``, and ``quarantine`` with a reason a row."""
    limit, contract = load_params().validate_.max_quarantined, load_contract(contract_file)
    table = read_table(raw / "claims.parquet")
    lines = read_table(raw / "lines.parquet") if contract.lines else None
    batch, corrected = correct(contract.kept, contract.kept_lines, load_batch(contract, table, lines))
    repeated = FirstClaims.of(contract, table).repeated(contract, table)
    reasons = claim_faults(contract, batch, table, lines, repeated)
    undated = without_event_time(contract, read_table(raw / "undated.parquet"))
    counts = summarise(reasons, corrected, undated.num_rows)
    check_share(counts, limit)
    fits = reasons == ""
    mended = to_arrow(contract.kept, batch.claims).append_column(OUTCOME, table[OUTCOME])
    refused = mended.append_column(REASON, pa.array(reasons, pa.string())).filter(pa.array(~fits))
    write_table(valid / "claims.parquet", mended.filter(pa.array(fits)))
    write_table(valid / "quarantine.parquet", pa.concat_tables([refused, undated]).unify_dictionaries())
    if lines is not None:
        kept = batch.lines.take(np.flatnonzero(fits[batch.owner]))
        write_table(valid / "lines.parquet", to_arrow(contract.kept_lines, kept))
    write_metrics(metrics, counts)
    set_apart = counts.quarantined + counts.without_event_time
    print(f"validate: {counts.valid:,} valid, {set_apart:,} quarantined")


if __name__ == "__main__":
    run(validate)
