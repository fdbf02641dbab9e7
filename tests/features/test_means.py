"""Mean outcomes: scikit-learn's target encoding without the trend, and never of a claim's own fold."""

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from sklearn.preprocessing import TargetEncoder

from claims.contract import Contract, features
from claims.data.batch import Batch
from claims.data.storage import encode_texts
from claims.features.extractor import FeatureExtractor
from claims.features.kinds.kind import Lesson
from claims.features.kinds.target import Target
from claims.features.means import TargetTable
from claims.features.rows import TrainingRows
from claims.features.texts import cross

PAIR = ("provider_specialty", "diagnosis_primary")
TARGET = Target(features.Target(kind="target", of=PAIR))
Outcome = NDArray[np.float64]


def without_trend(outcome: Outcome, days: NDArray[np.float64]) -> Outcome:
    """The outcome minus the mean of its calendar quarter."""
    dates = [dt.date(1970, 1, 1) + dt.timedelta(days=day) for day in days]
    quarters = np.array([f"{date.year} {(date.month - 1) // 3}" for date in dates])
    return outcome - [outcome[quarters == quarter].mean() for quarter in quarters]


def training(contract: Contract, batch: Batch, outcome: Outcome, seed: int = 1) -> TrainingRows:
    return TrainingRows.of(contract, batch, batch.claims.columns, outcome, seed)


def learn(rows: TrainingRows) -> tuple[TargetTable, NDArray[np.float64]]:
    """The table, and the training claims' own values."""
    summary = TARGET.summarise(rows)
    learned = TARGET.finish(summary)
    return learned, TARGET.training_values(Lesson(summary, learned), rows)


def test_means_fall_back_to_the_prior() -> None:
    asked = encode_texts(pa.chunked_array([pa.array(["a", "never", None], pa.string())]))

    assert TargetTable(prior=0.5, means={"a": 0.1}).means_of(asked).tolist() == [0.1, 0.5, 0.5]


def test_means_are_those_of_the_target_encoder_on_the_outcome_without_its_trend(
    batch: Batch, outcome: Outcome, extractor: FeatureExtractor
) -> None:
    pair = cross([batch.claims.categories(name) for name in PAIR])
    rest = without_trend(outcome, batch.claims.numbers("received_date"))
    reference = TargetEncoder(target_type="continuous", smooth=25.0).fit(pair.texts().reshape(-1, 1), rest)
    asked = np.array([*pair.levels, "never seen"], dtype=object)

    table = extractor.fitted["specialty_diagnosis_rate"]

    assert isinstance(table, TargetTable)
    means = table.means_of(encode_texts(pa.chunked_array([pa.array(asked, pa.string())])))
    assert np.allclose(means, reference.transform(asked.reshape(-1, 1))[:, 0], rtol=0, atol=1e-12)


def test_a_training_claim_reads_the_table_that_the_other_folds_make(
    contract: Contract, batch: Batch, outcome: Outcome
) -> None:
    rows = training(contract, batch, outcome)
    _, own = learn(rows)

    for fold in range(TARGET.feature.folds):
        inside, others = (np.flatnonzero(mask) for mask in (rows.folds(5) == fold, rows.folds(5) != fold))
        table, _ = learn(training(contract, batch.take(others), outcome[others]))
        assert own[inside].tolist() == table.means_of(rows.cross(PAIR).take(inside)).tolist()


@pytest.mark.parametrize("row", [0, 700, 1500])
def test_a_training_claim_is_not_encoded_with_its_own_outcome(
    contract: Contract, batch: Batch, outcome: Outcome, row: int
) -> None:
    flipped = outcome.copy()
    flipped[row] = 1 - flipped[row]

    (table, before), (other, after) = (learn(training(contract, batch, told)) for told in (outcome, flipped))

    assert after[row] == before[row]
    assert (after != before).any()
    assert table.means != other.means


def test_the_seed_draws_the_folds(contract: Contract, batch: Batch, outcome: Outcome) -> None:
    once, again, otherwise = (learn(training(contract, batch, outcome, seed))[1] for seed in (1, 1, 2))

    assert once.tobytes() == again.tobytes() != otherwise.tobytes()
