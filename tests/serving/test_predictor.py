"""The predictor: nothing but the packed pieces, one after the other."""

from dataclasses import replace

import numpy as np
import pytest

from claims.base.errors import ModelError
from claims.data.batch import Batch
from claims.decisions.logits import Decision
from claims.model.interpreter import TFLiteModel
from claims.serving.predictor import OptimizedPredictor, Predictions
from model_parts import Parts


@pytest.fixture(scope="module")
def predictor(parts: Parts) -> OptimizedPredictor:
    return OptimizedPredictor.load(parts.packed)


@pytest.fixture(scope="module")
def predictions(predictor: OptimizedPredictor, batch: Batch) -> Predictions:
    return predictor.predict(batch)


def with_unreadable(batch: Batch, claims: list[int], lines: list[int]) -> Batch:
    """The same batch with values that could not be read in those rows."""

    def marked(frame, name: str, rows: list[int]):
        return type(frame)(frame.size, frame.columns, {name: np.isin(np.arange(frame.size), rows)})

    return Batch(
        marked(batch.claims, "total_charge", claims), marked(batch.lines, "units", lines), batch.owner
    )


def test_it_scores_as_the_pieces_that_were_packed(
    parts: Parts, batch: Batch, predictions: Predictions
) -> None:
    package = parts.package
    logits = TFLiteModel(package.flatbuffer).logits(package.extractor.transform(batch))
    np.testing.assert_array_equal(predictions.ml_score, package.rules.calibration.scores(logits))


def test_decisions_follow_the_policy(parts: Parts, batch: Batch, predictions: Predictions) -> None:
    policy = parts.package.rules.policy
    decided = policy.decide(predictions.ml_score, batch.claims.numbers("total_charge"))
    anomalous = predictions.ml_anomaly_score >= parts.package.rules.anomaly.threshold
    expected = np.where(anomalous, Decision.REVIEW.value, decided)
    np.testing.assert_array_equal(predictions.ml_derived_decision, expected)
    assert set(expected) >= {Decision.APPROVED, Decision.REVIEW}
    assert set(predictions.ml_route[expected == "ML_APPROVED"]) == {"automatic"}
    assert set(predictions.ml_route[expected != "ML_APPROVED"]) == {"person"}


def test_a_larger_amount_sends_a_claim_to_a_person(
    parts: Parts, batch: Batch, predictions: Predictions
) -> None:
    approved = np.flatnonzero(predictions.ml_derived_decision == "ML_APPROVED")[:5]
    few = batch.take(approved)
    few.claims.columns["total_charge"][:] = 1e9
    assert set(OptimizedPredictor(parts.package).predict(few).ml_route) == {"person"}


def test_reasons_are_of_claims_that_reach_a_person_alone(parts: Parts, predictor, batch, predictions) -> None:
    few = batch.take(np.arange(60))
    rescored = predictor.predict(few, reasons=True)
    asked = rescored.ml_route == "person"
    assert not any(names for names, person in zip(rescored.ml_reasons, asked, strict=True) if not person)
    assert any(rescored.ml_reasons)
    assert {name for names in rescored.ml_reasons for name in names} <= set(parts.package.contract.features)
    np.testing.assert_array_equal(rescored.ml_score, predictions.ml_score[:60])
    assert predictions.ml_reasons is None


@pytest.mark.parametrize("rows", [[0], [5, 4, 3], list(range(100, 170)), []])
def test_a_claim_scores_alike_in_any_company(
    predictor, batch: Batch, predictions: Predictions, rows: list[int]
) -> None:
    chosen = np.array(rows, dtype=np.int64)
    np.testing.assert_array_equal(
        predictor.predict(batch.take(chosen)).ml_score, predictions.ml_score[chosen]
    )


def test_unreadable_claims_and_lines_are_skipped_and_the_others_are_not(
    predictor, batch, predictions
) -> None:
    line = 100
    bad = [3, int(batch.owner[line])]
    rescored = predictor.predict(with_unreadable(batch, claims=[3], lines=[line]))
    skipped = np.isin(np.arange(len(batch)), bad)
    assert set(rescored.ml_derived_decision[skipped]) == {"ML_SKIPPED_NO_FEATURES"}
    assert np.isnan(rescored.ml_score[skipped]).all()
    assert np.isnan(rescored.ml_anomaly_score[skipped]).all()
    np.testing.assert_array_equal(rescored.ml_anomaly_score[~skipped], predictions.ml_anomaly_score[~skipped])
    assert set(rescored.ml_route[skipped]) == {"person"}
    np.testing.assert_array_equal(rescored.ml_score[~skipped], predictions.ml_score[~skipped])
    np.testing.assert_array_equal(
        rescored.ml_derived_decision[~skipped], predictions.ml_derived_decision[~skipped]
    )


def test_an_anomalous_claim_goes_to_a_person_whatever_the_approval_score(
    parts: Parts, batch: Batch, predictions: Predictions
) -> None:
    anomalous = predictions.ml_anomaly_score >= parts.package.rules.anomaly.threshold
    amounts = batch.claims.numbers("total_charge")
    decided = parts.package.rules.policy.decide(predictions.ml_score, amounts)[anomalous]
    assert (decided != Decision.REVIEW).any()  # else nothing is tried
    assert set(predictions.ml_derived_decision[anomalous]) == {Decision.REVIEW}
    assert set(predictions.ml_route[anomalous]) == {"person"}


def test_anomalous_claims_that_cannot_be_read_are_still_skipped(parts: Parts, batch, predictions) -> None:
    worst = int(np.argmax(predictions.ml_anomaly_score))
    rescored = OptimizedPredictor(parts.package).predict(with_unreadable(batch, claims=[worst], lines=[]))
    assert rescored.ml_derived_decision[worst] == Decision.SKIPPED


def test_a_model_without_a_second_output_gives_the_same_scores_and_no_other(
    plain_parts: Parts, batch: Batch, predictions: Predictions
) -> None:
    rescored = OptimizedPredictor.load(plain_parts.packed).predict(batch)
    assert rescored.ml_anomaly_score is None
    np.testing.assert_array_equal(rescored.ml_score, predictions.ml_score)


def test_rules_of_another_graph_are_refused(parts: Parts, plain_parts: Parts) -> None:
    for package, other in ((parts.package, plain_parts.package), (plain_parts.package, parts.package)):
        with pytest.raises(ModelError, match=r"disagree on an anomaly head.*dvc repro"):
            OptimizedPredictor(replace(package, rules=other.rules))


def test_a_missing_file_names_the_remedy(tmp_path) -> None:
    with pytest.raises(ModelError, match=r"no such file.*ML_MODEL_PATH"):
        OptimizedPredictor.load(tmp_path / "model.tflite")
