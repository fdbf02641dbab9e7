"""What the quality page says of two models: a gap with its interval, and no more than that allows."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from quality_report import Results, paired, render

SIZE, SEEDS = 1500, 2


def results(better: float) -> Results:
    """An int8 model whose scores carry so much more of the truth than boosting's."""
    draw = np.random.default_rng(1)
    truth = draw.random(SIZE)
    outcome = (draw.random(SIZE) < truth).astype(np.float32)
    noise = draw.random((SEEDS, SIZE))
    scores = {"LightGBM": 0.5 * truth + 0.5 * noise, "int8": (0.5 + better) * truth + (0.5 - better) * noise}
    choice = {"settings": {"num_leaves": 31}, "trials": [{}], "auc": 0.7, "loss": 0.5, "seconds": 1.0}
    return Results(
        "demo", outcome, scores, None, {name: [1.0] * SEEDS for name in scores}, {"LightGBM": choice}
    )


def test_the_gap_is_of_the_means_over_seeds_and_lies_in_its_interval() -> None:
    result = results(0.2)
    gap, low, high = paired(result, "int8", "LightGBM")[0]
    means = {
        name: np.mean([roc_auc_score(result.outcome, row) for row in rows])
        for name, rows in result.scores.items()
    }
    assert gap == pytest.approx(means["int8"] - means["LightGBM"])
    assert low < gap < high


def test_a_model_beside_itself_has_no_gap() -> None:
    assert paired(results(0.0), "int8", "int8")[0] == pytest.approx((0, 0, 0))


@pytest.mark.parametrize(
    ("better", "word", "aim"),
    [(0.2, "ahead", "met"), (0.0, "level", "met"), (-0.2, "behind", "not met")],
)
def test_the_page_says_no_more_than_the_interval_allows(better: float, word: str, aim: str) -> None:
    (row,) = [line for line in render([results(better)], SEEDS).splitlines() if line.startswith("| demo |")]
    assert f" {word} | ≥ −0.003: {aim} |" in row
