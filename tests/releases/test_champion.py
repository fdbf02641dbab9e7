"""Champion against challenger: the difference, its bound, and who may not be released."""

import numpy as np
import pytest
from sklearn import metrics

from claims.base.errors import ReleaseError
from claims.config.params import Release
from claims.releases.champion import Contest, check_not_worse, compare, unseen
from release_parts import make_record

LIMITS = Release(margin=0.005, min_class=50, tolerance=0.02)
METRICS = {"roc_auc": metrics.roc_auc_score, "average_precision": metrics.average_precision_score}


def contest(noise: float, champion: float = 0.3, size: int = 800, seed: int = 1) -> Contest:
    """Scores of a true probability, blurred."""
    draw = np.random.default_rng(seed)
    truth = draw.random(size)
    outcome = (draw.random(size) < truth).astype(np.float32)
    champion_scores, challenger_scores = (
        np.clip(truth + draw.normal(0, width, size), 0, 1) for width in (champion, noise)
    )
    return Contest(champion=champion_scores, challenger=challenger_scores, outcome=outcome)


@pytest.mark.parametrize("metric", METRICS)
def test_difference_and_bound_are_those_of_a_plain_bootstrap(metric: str) -> None:
    both, score = contest(0.35), METRICS[metric]
    compared = getattr(compare(both, LIMITS, seed=3), metric)
    values = [score(both.outcome, scores) for scores in (both.champion, both.challenger)]
    assert (compared.champion, compared.challenger) == pytest.approx(values, abs=1e-6)
    assert compared.difference == pytest.approx(values[1] - values[0], abs=2e-6)
    draw = np.random.default_rng(11)
    differences = []
    for _ in range(600):
        rows = draw.integers(0, len(both.outcome), len(both.outcome))
        differences.append(
            score(both.outcome[rows], both.challenger[rows]) - score(both.outcome[rows], both.champion[rows])
        )
    spread = np.std(differences)
    assert compared.low == pytest.approx(np.quantile(differences, 0.05), abs=0.15 * spread)


def test_equal_models_differ_by_nothing_and_pass() -> None:
    both = contest(0.3)
    comparison = compare(Contest(both.champion, both.champion.copy(), both.outcome), LIMITS, seed=3)
    for metric in (comparison.roc_auc, comparison.average_precision):
        assert (metric.difference, metric.low, metric.passes) == (0, 0, True)
    check_not_worse(comparison, "release 1")
    assert comparison.rows == 800


def test_another_scale_of_the_same_order_is_no_difference() -> None:
    both = contest(0.3)
    comparison = compare(Contest(both.champion, both.champion**3, both.outcome), LIMITS, seed=3)
    assert (comparison.roc_auc.low, comparison.average_precision.low) == (0, 0)


def test_a_worse_challenger_is_refused_with_its_figures() -> None:
    comparison = compare(contest(0.8), LIMITS, seed=3)
    assert not comparison.roc_auc.passes
    with pytest.raises(
        ReleaseError, match=r"worse than release 4: roc auc 0\.\d{4} against 0\.\d{4}; the diff.*-0\.0050"
    ):
        check_not_worse(comparison, "release 4")


def test_a_challenger_that_may_be_worse_is_refused_though_it_looks_equal() -> None:
    """On few claims the bound, not the difference, decides."""
    comparison = compare(contest(0.3, size=200, seed=8), LIMITS, seed=3)
    assert comparison.roc_auc.difference > -0.02
    assert not comparison.roc_auc.passes


def test_a_better_challenger_passes() -> None:
    check_not_worse(compare(contest(0.05), LIMITS, seed=3), "release 1")


def test_one_metric_alone_is_enough_to_refuse() -> None:
    comparison = compare(contest(0.05), LIMITS, seed=3)
    failed = comparison.average_precision.model_copy(update={"passes": False})
    with pytest.raises(ReleaseError, match="average precision"):
        check_not_worse(comparison.model_copy(update={"average_precision": failed}), "release 1")


def test_the_same_seed_gives_the_same_bound() -> None:
    assert compare(contest(0.4), LIMITS, seed=3) == compare(contest(0.4), LIMITS, seed=3)


def test_too_few_claims_tell_nothing() -> None:
    with pytest.raises(ReleaseError, match=r"\d+ approved and \d+ rejected test claims.*release\.min_class"):
        compare(contest(0.3, size=90), LIMITS, seed=3)


def test_only_claims_after_all_that_the_champion_learned_from_count() -> None:
    days = [
        np.datetime64(text).astype("datetime64[D]").astype(float)
        for text in ("2025-08-30", "2025-08-31", "2025-09-01", "2025-12-24")
    ]
    np.testing.assert_array_equal(unseen(np.array(days), make_record()), [2, 3])
