"""The demo's truth finds the claims it belongs to, though they carry pseudonyms."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from sklearn.metrics import roc_auc_score

from claims.base.errors import DataError
from claims.data.pseudonyms import PUBLISHED_KEY, pseudonym
from claims.evaluation.best_reachable import best_scores


@pytest.fixture(scope="module")
def best(contract, demo, labelled) -> np.ndarray:
    return best_scores(contract, demo.truth, labelled)


def test_every_claim_gets_its_own_probability(demo, labelled, best: np.ndarray) -> None:
    truth = pq.read_table(demo.truth).to_pylist()
    expected = {pseudonym(PUBLISHED_KEY, row["claim_id"]): row["approval_probability"] for row in truth}
    assert best.tolist() == [expected[claim] for claim in labelled.identifiers.texts()]


def test_it_foretells_the_outcomes(labelled, best: np.ndarray) -> None:
    assert roc_auc_score(labelled.outcome, best) > 0.8


def test_claims_hashed_with_another_key_are_refused(contract, demo, labelled, monkeypatch) -> None:
    monkeypatch.setenv("CLAIMS_HASH_KEY", "another secret of enough bytes")
    with pytest.raises(DataError, match="not the key that extraction hashed with"):
        best_scores(contract, demo.truth, labelled)


def test_other_claims_have_no_truth(contract, labelled, tmp_path: Path) -> None:
    assert best_scores(contract, tmp_path / "truth.parquet", labelled) is None
