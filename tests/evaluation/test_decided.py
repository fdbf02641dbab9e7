"""A candidate decides every split by what was solved on the calibration window alone."""

from dataclasses import replace

import numpy as np
import pytest

from claims.config.params import Params
from claims.decisions.fit_calibration import fit_calibration
from claims.decisions.logits import Outputs
from claims.evaluation.decided import DecidedSplits, decide_splits
from claims.features.matrices import Labelled

SPLITS = ("calibration", "test")


@pytest.fixture(scope="module")
def rows(labelled: Labelled) -> dict[str, Labelled]:
    half = len(labelled) // 2
    return {"calibration": labelled.take(np.arange(half)), "test": labelled.take(np.arange(half, 2 * half))}


@pytest.fixture(scope="module")
def outputs(rows) -> dict[str, Outputs]:
    draw = np.random.default_rng(3)
    return {
        name: Outputs(2.0 * part.outcome + draw.normal(0, 1, len(part)), draw.normal(0, 1, len(part)))
        for name, part in rows.items()
    }


@pytest.fixture(scope="module")
def decided(rows, outputs, params: Params) -> DecidedSplits:
    return decide_splits(outputs, rows, params)


def test_scores_are_calibrated_on_the_calibration_window(decided, rows, outputs) -> None:
    fitted = fit_calibration(outputs["calibration"].logit, rows["calibration"].outcome)
    np.testing.assert_array_equal(decided.claims["test"].scores, fitted.scores(outputs["test"].logit))


def test_decisions_are_the_policys_with_anomalous_claims_under_review(decided) -> None:
    for split in SPLITS:
        claims = decided.claims[split]
        np.testing.assert_array_equal(decided.decisions[split], claims.decided_by(decided.policy))
        assert set(decided.decisions[split][claims.anomalous]) <= {"ML_REVIEW"}
    assert decided.claims["calibration"].anomalous.any()


def test_test_claims_move_neither_policy_nor_thresholds(decided, rows, outputs, params: Params) -> None:
    other = replace(rows["test"], outcome=1 - rows["test"].outcome)
    moved = Outputs(-outputs["test"].logit, -outputs["test"].anomaly)
    again = decide_splits(outputs | {"test": moved}, rows | {"test": other}, params)
    assert again.policy == decided.policy
    assert again.anomaly.rules == decided.anomaly.rules


def test_without_an_anomaly_head_no_claim_is_anomalous(rows, outputs, params: Params) -> None:
    alone = {name: Outputs(given.logit) for name, given in outputs.items()}
    decided = decide_splits(alone, rows, params)
    assert decided.anomaly is None
    assert not np.any(decided.claims["test"].anomalous)
