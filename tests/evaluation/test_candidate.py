"""All that is measured of a candidate: each file of its own claims, by its own decisions."""

import numpy as np
import pytest

from claims.config.params import Params
from claims.decisions.costs import measure_decisions
from claims.decisions.logits import Outputs
from claims.evaluation.candidate import CandidateMetrics, Rivals, measure_candidate
from claims.evaluation.decided import DecidedSplits, decide_splits
from claims.evaluation.metrics import measure
from claims.features.matrices import Labelled
from claims.results.maturity import MaturityMetrics
from metrics_parts import AS_OF, COUNTS

SPLITS = ("train", "validation", "calibration", "test")


@pytest.fixture(scope="module")
def decided(labelled: Labelled, params: Params) -> DecidedSplits:
    draw = np.random.default_rng(5)
    parts = np.array_split(np.arange(len(labelled)), len(SPLITS))
    rows = {name: labelled.take(part) for name, part in zip(SPLITS, parts, strict=True)}
    outputs = {
        name: Outputs(2.0 * part.outcome + draw.normal(0, 1, len(part)), draw.normal(0, 1, len(part)))
        for name, part in rows.items()
    }
    return decide_splits(outputs, rows, params)


@pytest.fixture(scope="module")
def rivals(decided: DecidedSplits) -> Rivals:
    scores = 1 - decided.claims["test"].scores
    return Rivals({"logistic": scores}, None, {"logistic": decided.anomaly})


@pytest.fixture(scope="module")
def metrics(decided, rivals, contract, params: Params) -> CandidateMetrics:
    maturity = MaturityMetrics(
        as_of=AS_OF,
        mature_after_days=90,
        immature_from=AS_OF,
        test="mature",
        splits=dict.fromkeys(SPLITS, COUNTS),
        months={},
    )
    return measure_candidate(decided, rivals, maturity, contract, params)


@pytest.mark.parametrize("split", SPLITS)
def test_each_split_is_measured_on_its_own_claims(decided, metrics, split: str) -> None:
    claims = decided.claims[split]
    assert getattr(metrics.evaluate, split) == measure(claims.scores, claims.outcome)
    assert metrics.months.splits[split].rows == len(claims)


def test_what_is_not_there_is_none(metrics) -> None:
    assert metrics.evaluate.immature is None
    assert metrics.evaluate.best_reachable is None


def test_rivals_are_measured_on_test(decided, rivals, metrics) -> None:
    expected = measure(rivals.scores["logistic"], decided.claims["test"].outcome)
    assert metrics.evaluate.baselines == {"logistic": expected}
    assert metrics.evaluate.anomaly.baselines["logistic"] == metrics.evaluate.anomaly.test


def test_decisions_are_measured_as_they_are_made_and_stated_with_their_policy(decided, metrics) -> None:
    report = metrics.evaluate.decisions
    made = measure_decisions(decided.policy, decided.claims["test"])
    assert dict(report).items() >= dict(made).items()
    assert report.solved.approved_from == decided.policy.sets.approved_from
    assert report.solved.shadow_price == decided.policy.shadow_price


def test_groups_and_slices_partition_the_test_claims(decided, metrics, contract) -> None:
    size = len(decided.claims["test"])
    assert metrics.fairness.test.keys() == set(contract.protected_groups)
    for values in (*metrics.fairness.test.values(), *metrics.slices.root.values()):
        assert sum(value.rows for value in values.values()) == size
