"""The proofs of `verify` on the packed file: serving says what the variant says, and faults are caught."""

import numpy as np
import pytest

from claims.base.errors import GateError
from claims.decisions.rules import DecisionRules
from claims.results.verify import Agreement
from claims.verification.parity import golden_rows
from claims.verification.served import Expected, check_packed, check_score_command
from model_parts import FEW_GOLDEN, Parts, first_rows

CHECKS = (check_packed, check_score_command)


@pytest.fixture(scope="module")
def amounts(test) -> np.ndarray:
    """Amounts of the first golden claims."""
    return test.amount[golden_rows(test)][:FEW_GOLDEN]


def rules_with(rules: DecisionRules, **changed: object) -> DecisionRules:
    """DecisionRules of which the anomaly's differ."""
    return rules.model_copy(update={"anomaly": rules.anomaly.model_copy(update=changed)})


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("name", ["parts", "plain_parts"])
def test_the_packed_file_scores_and_decides_as_its_variant(request, few, amounts, name: str, check) -> None:
    parts: Parts = request.getfixturevalue(name)
    expected = Expected.of(parts.package.flatbuffer, parts.package.rules, few[1], amounts)
    assert check(parts.packed, few[0], expected) == Agreement(claims=FEW_GOLDEN)


@pytest.mark.parametrize("check", CHECKS)
def test_other_amounts_are_caught(parts: Parts, few, amounts, check) -> None:
    package = parts.package
    expected = Expected.of(package.flatbuffer, package.rules, few[1], np.full_like(amounts, 1e12))
    with pytest.raises(GateError, match=r"\d+ decisions differ.*amount"):
        check(parts.packed, few[0], expected)


@pytest.mark.parametrize("check", CHECKS)
def test_swapped_rules_are_caught(parts: Parts, few, amounts, check) -> None:
    calibration = parts.package.rules.calibration.model_copy(update={"intercept": 0.5})
    rules = parts.package.rules.model_copy(update={"calibration": calibration})
    with pytest.raises(GateError, match=r"scores differ by up to"):
        check(parts.packed, few[0], Expected.of(parts.package.flatbuffer, rules, few[1], amounts))


@pytest.mark.parametrize("check", CHECKS)
def test_a_claim_that_is_dropped_is_caught(parts: Parts, few, amounts, check) -> None:
    expected = Expected.of(parts.package.flatbuffer, parts.package.rules, few[1], amounts)
    with pytest.raises(GateError, match=r"2 scores of 19 claims, not 2 of 20"):
        check(parts.packed, few[0].take(np.arange(FEW_GOLDEN - 1)), expected)


def test_a_swapped_graph_is_caught(parts: Parts, few, amounts) -> None:
    expected = Expected.of(parts.variants["float32"], parts.package.rules, few[1], amounts)
    with pytest.raises(GateError, match=r"packed"):
        check_packed(parts.packed, few[0], expected)


def test_inputs_of_other_claims_are_caught(parts: Parts, few, amounts) -> None:
    claims, stored = few
    swapped = first_rows(stored, slice(None, None, -1))
    with pytest.raises(GateError, match=r"packed"):
        check_packed(
            parts.packed, claims, Expected.of(parts.package.flatbuffer, parts.package.rules, swapped, amounts)
        )


@pytest.mark.parametrize("check", CHECKS)
def test_swapped_rules_of_the_second_output_are_caught(parts: Parts, few, amounts, check) -> None:
    rules = parts.package.rules
    bent = rules.anomaly.calibration.model_copy(update={"intercept": 5.0})
    expected = Expected.of(parts.package.flatbuffer, rules_with(rules, calibration=bent), few[1], amounts)
    with pytest.raises(GateError, match=r"scores differ by up to"):
        check(parts.packed, few[0], expected)


def test_a_serving_path_that_sends_other_anomalies_to_review_is_caught(parts: Parts, few, amounts) -> None:
    rules = rules_with(parts.package.rules, threshold=0.0)
    with pytest.raises(GateError, match=r"packed: \d+ decisions differ"):
        check_packed(parts.packed, few[0], Expected.of(parts.package.flatbuffer, rules, few[1], amounts))
