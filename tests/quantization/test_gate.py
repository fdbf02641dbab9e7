"""The gate: bounds that know how little few claims prove, and a verdict for every slice."""

from dataclasses import replace

import numpy as np
import pytest

from claims.config.params import Judge, Limits
from claims.data.batch import Categories
from claims.evaluation.bounds import bound_loss
from claims.evaluation.metrics import measure
from claims.quantization.gate import give_verdicts
from claims.quantization.losses import VariantDecisions, measure_anomaly_loss
from claims.results.judge import Verdict
from claims.results.losses import BoundedLoss

SIZE = 4000
OVERALL = Limits(average_precision=0.003, recall=0.01, calibration_error=0.01, flips=0.01, swaps=0.001)
SLICES = Limits(average_precision=0.02, recall=0.05, calibration_error=0.03, flips=0.03, swaps=0.02)
SETTINGS = Judge(
    prefer=None, overall=OVERALL, slices=SLICES, anomaly_average_precision=0.03, min_rows=500, min_class=100
)
BUDGET = 0.1


@pytest.fixture(scope="module")
def scores() -> np.ndarray:
    return 1 / (1 + np.exp(-np.random.default_rng(4).normal(1, 1.5, SIZE)))


@pytest.fixture(scope="module")
def outcome(scores) -> np.ndarray:
    """As the scores say: they are calibrated."""
    return (np.random.default_rng(3).random(SIZE) < scores).astype(np.float32)


@pytest.fixture(scope="module")
def slices() -> dict[str, Categories]:
    """A large payer, a small one, and one too small to bound."""
    codes = np.repeat(np.array([0, 1, 2], dtype=np.int32), [3000, 900, 100])
    return {"payer": Categories(codes, ["large", "small", "tiny"])}


def decide(scores: np.ndarray) -> VariantDecisions:
    decided = np.where(scores > 0.7, "ML_APPROVED", np.where(scores < 0.3, "ML_REJECTED", "ML_REVIEW"))
    return VariantDecisions(scores, decided)


def verdict_on(variant, reference, outcome, slices, settings: Judge = SETTINGS) -> Verdict:
    both = {"float32": decide(reference), "int8": variant}
    return give_verdicts(both, outcome, slices, settings, BUDGET, 1, {})["int8"]


def test_the_same_scores_lose_nothing_and_pass(scores, outcome, slices) -> None:
    verdict = verdict_on(decide(scores.copy()), scores, outcome, slices)
    assert verdict.refusals == []
    assert all(loss.value == 0 and loss.passes for _, loss in verdict.overall.losses())


def test_losses_are_those_of_the_metrics(scores, outcome, slices) -> None:
    rounded = np.round(scores, 1)
    overall = verdict_on(decide(rounded), scores, outcome, slices).overall
    before, after = (measure(given, outcome) for given in (scores, rounded))
    expected = before.average_precision - after.average_precision
    assert overall.average_precision.value == pytest.approx(expected, abs=1e-5)
    differ = decide(scores).decisions != decide(rounded).decisions
    assert overall.flips.value == pytest.approx(differ.mean(), abs=1e-6)
    assert all(loss.upper >= loss.value for _, loss in overall.losses())


def test_noise_in_the_scores_is_refused(scores, outcome, slices) -> None:
    noisy = np.clip(scores + np.random.default_rng(5).normal(0, 0.1, SIZE), 0, 1)
    refusals = verdict_on(decide(noisy), scores, outcome, slices).refusals
    assert any(refusal.startswith("overall: average precision") for refusal in refusals)
    assert any(refusal.startswith("overall: flips") for refusal in refusals)


def test_thresholds_of_another_variant_are_refused(scores, outcome, slices) -> None:
    """The graph's scores moved, its calibration and thresholds did not."""
    moved = 1 / (1 + np.exp(-(np.log(scores / (1 - scores)) + 0.3)))
    verdict = verdict_on(decide(moved), scores, outcome, slices)
    lost = {name for name, loss in verdict.overall.losses() if not loss.passes}
    assert {"calibration_error", "flips"} <= lost
    assert "average_precision" not in lost  # the order of claims is the same


def test_a_loss_in_one_slice_alone_is_refused(scores, outcome, slices) -> None:
    small = slices["payer"].codes == 1
    hurt = scores.copy()
    hurt[small] = np.clip(scores[small] + np.random.default_rng(6).normal(0, 0.25, small.sum()), 0, 1)
    lenient = SETTINGS.model_copy(
        update={"overall": Limits(average_precision=1, recall=1, calibration_error=1, flips=1, swaps=1)}
    )
    refusals = verdict_on(decide(hurt), scores, outcome, slices, lenient).refusals
    assert refusals
    assert all(refusal.startswith("payer small: ") for refusal in refusals)


def test_a_slice_too_small_is_listed_and_not_bounded(scores, outcome, slices) -> None:
    verdict = verdict_on(decide(scores.copy()), scores, outcome, slices)
    assert verdict.too_small == {"payer": {"tiny": 100}}
    assert set(verdict.slices["payer"]) == {"large", "small"}


def test_ranking_is_not_bounded_where_one_outcome_is_rare(scores, outcome, slices) -> None:
    strict = SETTINGS.model_copy(update={"min_class": 400})
    whole = verdict_on(decide(scores.copy()), scores, outcome, slices, strict)
    payers = whole.slices["payer"]
    assert payers["large"].average_precision is not None
    assert dict(payers["small"].losses()).keys() == {"calibration_error", "flips", "swaps"}
    (counts,) = whole.too_small_to_rank["payer"].values()
    assert counts.approved + counts.rejected == payers["small"].rows == 900
    assert min(counts.approved, counts.rejected) < 400


def test_an_opposite_decision_counts_as_a_swap(scores, outcome, slices) -> None:
    variant = decide(scores.copy())
    turned = variant.decisions.copy()
    approved = np.flatnonzero(turned == "ML_APPROVED")[:40]
    turned[approved] = "ML_REJECTED"
    verdict = verdict_on(replace(variant, decisions=turned), scores, outcome, slices)
    assert verdict.overall.swaps.value == 40 / SIZE
    assert not verdict.overall.swaps.passes


def test_float32_loses_nothing_however_few_the_claims(scores, outcome) -> None:
    few = {"float32": decide(scores[:60])}
    strict = SETTINGS.model_copy(update={"overall": OVERALL.model_copy(update={"swaps": 0.0})})
    assert give_verdicts(few, outcome[:60], {}, strict, BUDGET, 1, {})["float32"].passes


def test_claims_too_few_to_prove_a_limit_are_told_how_many_it_takes(scores, outcome) -> None:
    verdict = verdict_on(decide(scores[:500].copy()), scores[:500], outcome[:500], {})
    assert verdict.refusals == [
        "overall: swaps 0.0000 (bound 0.0060, limit 0.001, which takes 2,995 claims to prove)"
    ]


def test_a_slice_that_is_refused_exceeds_its_limit_by_the_bound_that_is_stated(scores, outcome) -> None:
    eight = {"payer": Categories(np.arange(SIZE, dtype=np.int32) // 500, list("abcdefgh"))}
    variant = decide(scores.copy())
    turned = variant.decisions.copy()
    for first in (0, 500):  # 8 of 500 in two slices: 1.6 %, up to 2.9 % for one slice alone
        rows = first + np.flatnonzero(turned[first : first + 500] == "ML_APPROVED")[:8]
        turned[rows] = "ML_REVIEW"
    verdict = verdict_on(replace(variant, decisions=turned), scores, outcome, eight)
    assert [refusal[:15] for refusal in verdict.refusals] == ["payer a: flips ", "payer b: flips "][:1]
    for losses in verdict.slices["payer"].values():
        for loss in (losses.flips, losses.swaps):
            assert loss.passes or loss.held_back or loss.upper > loss.limit


@pytest.mark.parametrize("budget", [0.0, 1.0, 3.0])
def test_recall_is_not_bounded_where_people_see_all_claims_or_none(scores, outcome, budget: float) -> None:
    both = {"float32": decide(scores), "int8": decide(1 - scores)}
    overall = give_verdicts(both, outcome, {}, SETTINGS, budget, 1, {})["int8"].overall
    assert overall.recall is None
    assert not overall.average_precision.passes


def test_the_anomaly_head_is_bounded_where_it_is_known() -> None:
    random = np.random.default_rng(7)
    anomaly = np.where(random.random(2000) < 0.2, (random.random(2000) < 0.3), np.nan).astype(np.float32)
    scores = np.nan_to_num(anomaly, nan=0.5) + random.normal(0, 0.8, 2000)
    same = measure_anomaly_loss(scores, scores, anomaly, 0.03, seed=1)
    worse = measure_anomaly_loss(random.random(2000), scores, anomaly, 0.03, seed=1)
    assert (same.value, bound_loss(same).passes) == (0, True)
    assert worse.value > 0.1
    assert not bound_loss(worse).passes


def test_a_loss_of_the_anomaly_head_is_refused_beside_the_others(scores, outcome, slices) -> None:
    both = {"float32": decide(scores), "int8": decide(scores.copy())}
    lost = BoundedLoss(value=0.2, upper=0.25, limit=0.03, passes=False)
    verdicts = give_verdicts(both, outcome, slices, SETTINGS, BUDGET, 1, {"int8": lost})
    assert verdicts["int8"].overall.anomaly_average_precision == lost
    assert verdicts["int8"].refusals == [
        "overall: anomaly average precision 0.2000 (bound 0.2500, limit 0.03)"
    ]
    assert verdicts["float32"].overall.anomaly_average_precision is None
