"""The best score that anyone could reach on the demo, whose true probabilities are known."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from claims.base.errors import DataError
from claims.contract import Contract
from claims.data.pseudonyms import KEY_VARIABLE, hash_key, pseudonym
from claims.decisions.logits import Scores
from claims.features.matrices import Labelled


def best_scores(contract: Contract, truth: Path, rows: Labelled) -> Scores | None:
    """Return each claim's true approval probability: float64 [n]; None where nobody knows it."""
    if not truth.exists():
        return None
    key = hash_key(contract, is_demo=True)
    table = pq.read_table(truth)
    pseudonyms = pa.array([pseudonym(key, claim) for claim in table["claim_id"].to_pylist()])
    place = pc.index_in(pa.array(rows.identifiers.texts(), pa.string()), value_set=pseudonyms)
    if place.null_count:
        problem = "not the key that extraction hashed with"
        raise DataError(KEY_VARIABLE, problem, "Set that key, or run `dvc repro -f extract` with this one.")
    return np.asarray(table["approval_probability"].take(place).to_numpy(), dtype=np.float64)
