"""A variant is judged with rules of its own, against float32."""

from dataclasses import replace

import numpy as np
import pytest

from claims.model.conversion import VARIANTS
from claims.model.interpreter import TFLiteModel
from claims.model.measure import measure
from claims.model.variants import Judged, flips, judge, report
from model_parts import ANOMALY_REVIEWS, POLICY, Parts


@pytest.fixture(scope="module")
def judged(parts: Parts) -> dict[str, Judged]:
    rows = dict.fromkeys(("calibration", "test"), parts.rows)
    return {
        name: judge(name, content, rows, POLICY, ANOMALY_REVIEWS) for name, content in parts.variants.items()
    }


@pytest.mark.parametrize("variant", VARIANTS)
def test_its_scores_are_its_logits_by_its_own_rules(parts: Parts, judged, variant: str) -> None:
    found, logits = judged[variant], TFLiteModel(parts.variants[variant]).logits(parts.rows.inputs)
    np.testing.assert_array_equal(found.test.scores, found.rules.calibration.scores(logits))
    assert found.rules.variant == variant


def test_a_variant_flips_nothing_against_itself(judged) -> None:
    assert flips(judged["int8"], judged["int8"]) == 0


def test_flips_count_the_claims_decided_otherwise(judged) -> None:
    before = judged["float32"]
    policy = before.rules.policy
    nothing = policy.sets.model_copy(update={"approved_from": 2.0, "rejected_to": -1.0})
    rules = before.rules.model_copy(update={"policy": policy.model_copy(update={"sets": nothing})})
    unsure = replace(before, rules=rules)
    decided = before.calibration.decided_by(policy) != "ML_REVIEW"
    assert flips(unsure, before) == decided.mean() > 0


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_report_says_what_quantization_costs(parts: Parts, judged, variant: str) -> None:
    found = report(judged[variant], parts.variants[variant], judged["float32"])
    mine, float32 = (
        measure(judged[name].calibration.scores, parts.rows.outcome)["roc_auc"]
        for name in (variant, "float32")
    )
    assert found["loss"]["roc_auc"] == pytest.approx(float32 - mine, abs=1e-6)
    assert found["size_bytes"] == len(parts.variants[variant])
    assert found["distinct_scores"] == len(set(judged[variant].test.scores.tolist()))


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_report_says_what_quantization_costs_the_second_output(
    parts: Parts, judged, variant: str
) -> None:
    found = report(judged[variant], parts.variants[variant], judged["float32"])["anomaly"]
    mine, float32 = (
        judged[name].anomaly.measure("calibration")["average_precision"] for name in (variant, "float32")
    )
    assert found["loss"]["average_precision"] == pytest.approx(float32 - mine, abs=1e-6)
    assert found["test"]["audited"] == np.isfinite(parts.rows.anomaly).sum()


def test_flips_count_claims_that_anomalies_alone_decide_otherwise(judged) -> None:
    before = judged["float32"]
    never = replace(before, calibration=replace(before.calibration, anomalous=np.False_))
    assert 0 < flips(never, before) <= ANOMALY_REVIEWS


def test_a_model_of_one_output_has_neither_rules_nor_report_of_another(plain_parts: Parts) -> None:
    rows = dict.fromkeys(("calibration", "test"), plain_parts.rows)
    one = judge("int8", plain_parts.variants["int8"], rows, POLICY, ANOMALY_REVIEWS)
    assert one.rules.anomaly is None
    assert "anomaly" not in report(one, plain_parts.variants["int8"], one)
