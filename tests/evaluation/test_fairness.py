"""Rates by protected group, and the gate: an unfair model fails it, a fair one and a doubtful one pass."""

from dataclasses import replace

import numpy as np
import pytest

from claims.base.errors import GateError
from claims.config.params import Fairness
from claims.data.batch import Categories
from claims.decisions.logits import Decisions
from claims.evaluation.fairness import check_gap, measure_fairness
from claims.evaluation.intervals import estimate_gap, estimate_share
from claims.model.interpreter import TFLiteModel
from claims.results.fairness import FairnessProof, GroupCount, Groups, Rate
from claims.verification.proofs import check_fairness
from model_parts import Parts

LIMITS = Fairness(max_gap=0.02, min_rows=50)
SIZE = 6000


def decide(scores: np.ndarray) -> Decisions:
    return np.select([scores >= 0.8, scores <= 0.2], ["ML_APPROVED", "ML_REJECTED"], "ML_REVIEW")


@pytest.fixture(scope="module")
def claims() -> tuple[np.ndarray, np.ndarray, Categories]:
    """True scores, outcomes drawn from them, and a sex that has nothing to do with either."""
    random = np.random.default_rng(6)
    scores = random.beta(2, 1, SIZE)
    sex = np.where(random.random(SIZE) < 0.005, -1, random.integers(0, 2, SIZE)).astype(np.int32)
    return scores, (random.random(SIZE) < scores).astype(np.float32), Categories(sex, ["F", "M"])


def measured(scores, outcome, sex: Categories, decisions: Decisions | None = None) -> Groups:
    decided = decide(scores) if decisions is None else decisions
    return measure_fairness({"sex": sex}, scores, decided, outcome, LIMITS.min_rows)


def test_rates_of_a_group_by_counting(claims) -> None:
    scores, outcome, sex = claims
    rates = measured(*claims)["sex"]["F"]
    women, payable, rejected = sex.codes == 0, outcome == 1, scores <= 0.2
    hits, size = int((women & payable & rejected).sum()), int((women & payable).sum())
    rate = estimate_share(hits, size)
    rest = estimate_share(int((~women & payable & rejected).sum()), int((~women & payable).sum()))
    assert rates.false_rejection == Rate(
        **dict(rate.rounded()), of=size, gap=estimate_gap(rate, rest).rounded()
    )
    assert rates.false_approval.value == pytest.approx((scores[women & ~payable] >= 0.8).mean(), abs=1e-6)
    assert rates.needless_review.of == size
    shares = (rates.ML_APPROVED_share, rates.ML_REVIEW_share, rates.ML_REJECTED_share)
    assert sum(share.value for share in shares) == pytest.approx(1, abs=1e-5)
    assert rates.mean_score.value == pytest.approx(scores[women].mean(), abs=1e-6)
    assert rates.rows == women.sum()


def test_groups_partition_the_claims_and_a_small_one_has_its_count_alone(claims) -> None:
    groups = measured(*claims)["sex"]
    assert sum(group.rows for group in groups.values()) == SIZE
    assert groups["(missing)"] == GroupCount(rows=int((claims[2].codes == -1).sum()))


def test_a_group_of_everyone_has_no_gap_and_none_is_compared(claims) -> None:
    scores, outcome, _ = claims
    rates = measured(scores, outcome, Categories(np.zeros(SIZE, np.int32), ["F"]))
    assert rates["sex"]["F"].false_rejection.gap is None
    assert check_gap(rates, LIMITS) == FairnessProof(limit=0.02, groups=0, not_judged=1)


def test_a_fair_model_passes_and_its_largest_gap_is_stated(claims) -> None:
    proof = check_gap(measured(*claims), LIMITS)
    assert (proof.groups, proof.not_judged) == (2, 1)
    assert proof.largest_gap.low < 0 < proof.largest_gap.high


def rejecting_men(claims, share: float) -> Decisions:
    """The same decisions, except that a share of men is rejected whatever the score."""
    scores, _, sex = claims
    unlucky = (sex.codes == 1) & (np.random.default_rng(7).random(SIZE) < share)
    return np.where(unlucky, "ML_REJECTED", decide(scores))


def test_an_unfair_model_is_stopped_and_the_group_named(claims) -> None:
    rates = measured(*claims, rejecting_men(claims, 0.2))
    with pytest.raises(GateError, match=r"fairness: sex M: 2\d\.\d% of .*limit 2\.0%.*fairness\.max_gap"):
        check_gap({"sex": {"M": rates["sex"]["M"]}}, LIMITS)


def test_a_group_that_is_spared_is_a_gap_as_well(claims) -> None:
    rates = measured(*claims, rejecting_men(claims, 0.2))
    with pytest.raises(GateError, match="fairness: sex F"):
        check_gap({"sex": {"F": rates["sex"]["F"]}}, LIMITS)


def test_a_gap_that_chance_may_have_made_passes(claims) -> None:
    few = np.arange(300)
    scores, outcome, sex = claims[0][few], claims[1][few], claims[2].take(few)
    rates = measured(scores, outcome, sex, rejecting_men(claims, 0.04)[few])
    gap = rates["sex"]["M"].false_rejection.gap
    assert gap.value > LIMITS.max_gap > gap.low
    assert abs(check_gap(rates, LIMITS).largest_gap.value) == gap.value


def test_a_person_may_set_the_limit(claims) -> None:
    rates = measured(*claims, rejecting_men(claims, 0.2))
    assert check_gap(rates, LIMITS.model_copy(update={"max_gap": 0.3})).groups == 2


def test_what_ships_passes_the_gate_of_verify(contract, parts: Parts) -> None:
    package = parts.package
    limits = LIMITS.model_copy(update={"max_gap": 0.15})  # two epochs on few claims
    proof = check_fairness(contract, package.flatbuffer, package.rules, parts.rows, limits)
    assert proof.groups >= len({"F", "M"}) + 3  # and most bands of age


def test_a_shipped_model_that_is_unfair_to_a_planted_group_fails_verify(contract, parts: Parts) -> None:
    package = parts.package
    scores = package.rules.calibration.scores(TFLiteModel(package.flatbuffer).logits(parts.rows.inputs))
    low = scores < np.quantile(scores, 0.3)
    planted = replace(
        parts.rows,
        slices=parts.rows.slices | {"member_sex": Categories(low.astype(np.int32), ["M", "F"])},
    )
    strict = float(np.quantile(scores, 0.2))
    policy = package.rules.policy
    sets = policy.sets.model_copy(update={"rejected_to": strict, "approved_from": strict + 1e-9})
    rules = package.rules.model_copy(
        update={"policy": policy.model_copy(update={"sets": sets, "shadow_price": None})}
    )
    with pytest.raises(GateError, match="fairness: member_sex"):
        check_fairness(contract, package.flatbuffer, rules, planted, LIMITS)
