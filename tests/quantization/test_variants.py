"""A variant decides by rules of its own, solved on its own scores."""

import numpy as np
import pytest

from claims.base.errors import GateError
from claims.evaluation.metrics import measure
from claims.model.interpreter import TFLiteModel
from claims.quantization.variants import Variant, check_rules, measure_variant, solve_variant
from model_parts import ANOMALY_REVIEWS, POLICY, VARIANTS, Parts


@pytest.fixture(scope="module")
def solved(parts: Parts) -> dict[str, Variant]:
    rows = dict.fromkeys(("calibration", "test"), parts.rows)
    return {
        name: solve_variant(name, content, rows, POLICY, ANOMALY_REVIEWS)
        for name, content in parts.variants.items()
    }


@pytest.mark.parametrize("variant", VARIANTS)
def test_its_scores_are_its_logits_by_its_own_rules(parts: Parts, solved, variant: str) -> None:
    solution, logits = solved[variant], TFLiteModel(parts.variants[variant]).logits(parts.rows.inputs)
    np.testing.assert_array_equal(solution.test.scores, solution.rules.calibration.scores(logits))
    assert solution.rules.variant == variant


@pytest.mark.parametrize("variant", VARIANTS)
def test_its_metrics_are_those_of_its_own_scores(parts: Parts, solved, variant: str) -> None:
    metrics = measure_variant(solved[variant])
    assert metrics.test == measure(solved[variant].test.scores, parts.rows.outcome)
    assert metrics.distinct_scores == len(set(solved[variant].test.scores.tolist()))
    assert metrics.anomaly.test.audited > 0


def test_a_network_without_an_anomaly_head_has_no_metrics_of_one(plain_parts: Parts) -> None:
    rows = dict.fromkeys(("calibration", "test"), plain_parts.rows)
    solution = solve_variant("int8", plain_parts.variants["int8"], rows, POLICY, ANOMALY_REVIEWS)
    assert measure_variant(solution).anomaly is None


def test_rules_of_another_variant_are_refused(parts: Parts) -> None:
    rows = dict.fromkeys(("calibration", "test"), parts.rows)
    rules = {
        name: solve_variant(name, parts.variants[name], rows, POLICY, ANOMALY_REVIEWS).rules
        for name in ("float32", "int8")
    }
    check_rules("int8", rules["int8"], rules["int8"])
    others = rules["float32"].model_copy(update={"variant": "int8"})
    with pytest.raises(
        GateError, match=r"int8: its rules were not solved on its own scores.*--force quantize@int8"
    ):
        check_rules("int8", others, rules["int8"])
