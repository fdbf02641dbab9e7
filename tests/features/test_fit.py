"""The whole feature path: any partition and order of the training claims fits the same, to the last bit."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from claims.contract import Contract
from claims.data.batch import Batch
from claims.features.encoders.encoder import Resolution
from claims.features.extractor import FeatureExtractor, ModelInputs
from claims.features.fit import Part, fit, fit_parts
from claims.features.kinds.line_share import ShareTable
from claims.features.kinds.line_tail import TailTable
from claims.features.means import TargetTable

COARSE = Resolution(min_frequency=5, bins=8, quantiles=20)


@pytest.mark.parametrize("seed", [0, 1])
def test_any_partition_and_order_of_claims_gives_the_same_fit_and_inputs(
    contract: Contract, batch: Batch, outcome: NDArray[np.float64], seed: int
) -> None:
    draw = np.random.default_rng(seed)
    chosen = draw.permutation(len(batch))[:600]
    pieces = np.split(chosen, np.sort(draw.integers(0, len(chosen), 5)))  # some may be empty

    whole, inputs = fit(contract, batch.take(np.sort(chosen)), outcome[np.sort(chosen)], COARSE, seed=1)
    parts = [Part(batch.take(rows), outcome[rows]) for rows in pieces]
    divided, own = fit_parts(contract, parts, COARSE, seed=1)

    assert divided.model_dump_json() == whole.model_dump_json()
    for rows, theirs in zip(pieces, own, strict=True):
        same = inputs.take(np.searchsorted(np.sort(chosen), rows))
        assert theirs.codes.tobytes() == same.codes.tobytes()
        assert theirs.numbers.tobytes() == same.numbers.tobytes()


def test_training_inputs_differ_from_served_ones_only_where_a_claim_would_count_itself(
    extractor: FeatureExtractor, served: ModelInputs, fitted: Any
) -> None:
    changed = (served.numbers != fitted.inputs.numbers).any(axis=0)

    assert {name for name, differs in zip(extractor.number_names, changed, strict=True) if differs} == {
        name
        for name, learned in extractor.fitted.items()
        if isinstance(learned, TargetTable | ShareTable | TailTable)
    }
