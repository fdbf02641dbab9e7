"""The challenger's test claims, as extracted, scored by champion and challenger."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from claims.base.errors import ClaimsError, ReleaseError
from claims.contract import Contract
from claims.data.batch import Batch
from claims.data.storage import find_owner, load_batch
from claims.decisions.logits import Scores
from claims.features.matrices import Labelled, read_labelled
from claims.model.record import Record
from claims.registry.registry import Registry
from claims.releases.champion import Contest, unseen
from claims.serving.predictor import OptimizedPredictor


def score_both(registry: Registry, champion: Record) -> Contest:
    """Score the test claims of the last run that the champion never saw.

    Raises
    ------
    ReleaseError
        Where the champion cannot read them.
    """
    root = registry.root
    challenger = OptimizedPredictor.load(root / "models" / "claims_model.tflite")
    test = read_labelled(root / "data" / "features" / "test.parquet")
    rows = unseen(test.day, champion)
    champion_predictor = _champion(registry, champion, challenger)
    return Contest(
        champion=_scores(champion_predictor, root / "data" / "raw", test, rows),
        challenger=_scores(challenger, root / "data" / "raw", test, rows),
        outcome=test.outcome[rows],
    )


def _champion(registry: Registry, champion: Record, challenger: OptimizedPredictor) -> OptimizedPredictor:
    """Load the champion, and refuse one that cannot read the challenger's claims."""
    predictor = OptimizedPredictor.load(registry.model_path(champion.number))
    if predictor.key_fingerprint != challenger.key_fingerprint:
        raise ReleaseError(
            "the champion", "identifiers were hashed with another key", "Override with a reason."
        )
    if predictor.contract.claims.event_time != challenger.contract.claims.event_time:
        problem = "its contract has another event time, by which claims that it never saw are told"
        raise ReleaseError("the champion", problem, "Override with a reason.")
    return predictor


def _scores(predictor: OptimizedPredictor, raw: Path, test: Labelled, rows: NDArray[np.int64]) -> Scores:
    """Score those claims as they were extracted: float64 [n]."""
    batch = read_claims(predictor.contract, raw, test, rows)
    scores = predictor.predict(batch).ml_score
    if np.isnan(scores).any():
        problem = f"{int(np.isnan(scores).sum())} of the test claims hold values that it cannot read"
        raise ReleaseError("the champion", problem, "Override with a reason.")
    return scores


def read_claims(contract: Contract, raw: Path, test: Labelled, rows: NDArray[np.int64]) -> Batch:
    """Read those test claims as they were extracted, through a contract.

    Raises
    ------
    ReleaseError
        Where it cannot.
    """
    names = pa.chunked_array([pa.array(test.identifiers.texts()[rows], pa.string())])
    try:
        claims, lines = pq.read_table(raw / "claims.parquet"), raw / "lines.parquet"
        batch = load_batch(contract, claims, pq.read_table(lines) if lines.exists() else None)
        owners = find_owner(claims[contract.claims.identifier], names)
    except (ClaimsError, KeyError) as error:
        problem = f"its contract cannot read these claims ({error})"
        raise ReleaseError("the champion", problem, "Override with a reason.") from None
    return batch.take(owners)
