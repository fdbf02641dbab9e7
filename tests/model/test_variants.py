"""A variant is judged with rules of its own, against float32."""

from dataclasses import replace

import numpy as np
import pytest

from claims.model.conversion import VARIANTS
from claims.model.interpreter import TFLiteModel
from claims.model.measure import measure
from claims.model.variants import Judged, flips, judge, report
from model_parts import COSTS, Parts


@pytest.fixture(scope="module")
def judged(parts: Parts) -> dict[str, Judged]:
    return {
        name: judge(name, content, parts.rows, parts.rows, COSTS) for name, content in parts.variants.items()
    }


@pytest.mark.parametrize("variant", VARIANTS)
def test_its_scores_are_its_logits_by_its_own_rules(parts: Parts, judged, variant: str) -> None:
    found, logits = judged[variant], TFLiteModel(parts.variants[variant]).logits(parts.rows.inputs)
    np.testing.assert_array_equal(found.test, found.rules.calibration.scores(logits))
    assert found.rules.variant == variant


def test_a_variant_flips_nothing_against_itself(judged) -> None:
    assert flips(judged["int8"], judged["int8"]) == 0


def test_flips_count_the_claims_decided_otherwise(judged) -> None:
    before = judged["float32"]
    limits = before.rules.thresholds.model_copy(update={"approve": 2.0, "reject": -1.0})
    unsure = replace(before, rules=before.rules.model_copy(update={"thresholds": limits}))
    decisions = before.rules.thresholds.decide(before.calibration)
    decided = before.anomaly.review(decisions, "calibration") != "ML_REVIEW"
    assert flips(unsure, before) == decided.mean() > 0


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_report_says_what_quantization_costs(parts: Parts, judged, variant: str) -> None:
    rows = {"calibration": parts.rows, "test": parts.rows}
    found = report(judged[variant], parts.variants[variant], judged["float32"], rows, COSTS)
    mine, float32 = (
        measure(judged[name].calibration, parts.rows.outcome, judged[name].rules.thresholds)["roc_auc"]
        for name in (variant, "float32")
    )
    assert found["loss"]["roc_auc"] == pytest.approx(float32 - mine, abs=1e-6)
    assert found["size_bytes"] == len(parts.variants[variant])
    assert found["distinct_scores"] == len(set(judged[variant].test.tolist()))


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_report_says_what_quantization_costs_the_second_output(
    parts: Parts, judged, variant: str
) -> None:
    rows = {"calibration": parts.rows, "test": parts.rows}
    found = report(judged[variant], parts.variants[variant], judged["float32"], rows, COSTS)["anomaly"]
    mine, float32 = (
        judged[name].anomaly.measure("calibration", parts.rows.anomaly)["average_precision"]
        for name in (variant, "float32")
    )
    assert found["loss"]["average_precision"] == pytest.approx(float32 - mine, abs=1e-6)
    assert found["test"]["audited"] == np.isfinite(parts.rows.anomaly).sum()


def test_flips_count_claims_that_anomalies_alone_decide_otherwise(judged) -> None:
    before = judged["float32"]
    never = replace(before.anomaly, rules=before.anomaly.rules.model_copy(update={"threshold": 2.0}))
    assert 0 < flips(replace(before, anomaly=never), before) <= COSTS.anomaly_reviews


def test_a_model_of_one_output_has_neither_rules_nor_report_of_another(plain_parts: Parts) -> None:
    rows = {"calibration": plain_parts.rows, "test": plain_parts.rows}
    one = judge("int8", plain_parts.variants["int8"], plain_parts.rows, plain_parts.rows, COSTS)
    assert one.rules.anomaly is None
    assert "anomaly" not in report(one, plain_parts.variants["int8"], one, rows, COSTS)
