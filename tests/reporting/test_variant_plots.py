"""Plots of what quantization changes: drawn, the same bytes each time, and of what was measured."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

from claims.config.params import load_params
from claims.data.batch import Categories
from claims.decisions.logits import Decision
from claims.decisions.scored_claims import ScoredClaims
from claims.quantization.gate import give_verdicts
from claims.quantization.losses import VariantDecisions
from claims.reporting.variant_plots import draw_variants
from model_parts import contents

ROWS = 1500


def decided(scores: np.ndarray) -> np.ndarray:
    return np.where(scores > 0.5, Decision.APPROVED.value, Decision.REJECTED.value)


def draw(folder: Path, noise: float) -> dict[str, bytes]:
    random = np.random.default_rng(3)
    scores = random.random(ROWS)
    outcome = (random.random(ROWS) < scores).astype(np.float32)
    other = np.clip(scores + noise * random.standard_normal(ROWS), 0, 1)
    decisions = {
        name: VariantDecisions(given, decided(given))
        for name, given in (("float32", scores), ("int8", other))
    }
    slices = {"sex": Categories(np.repeat(np.int32([0, 1, 2]), [700, 700, 100]), ["F", "M", "U"])}
    settings = load_params().judge
    verdict = give_verdicts(decisions, outcome, slices, settings, 0.3, 1, {})["int8"]
    claims = [score_claims(part, outcome) for part in (scores, other)]
    draw_variants(folder, *claims, verdict)
    return contents(folder)


def score_claims(scores: np.ndarray, outcome: np.ndarray) -> ScoredClaims:

    return ScoredClaims(scores, outcome, np.full(len(scores), np.nan), np.arange(len(scores)))


def test_they_are_the_same_bytes_each_time(tmp_path: Path, tmp_path_factory) -> None:
    first = draw(tmp_path, 0.01)
    assert set(first) == {"scores.png", "slices.png"}
    assert draw(tmp_path_factory.mktemp("again"), 0.01) == first
    assert not plt.get_fignums()


@pytest.mark.parametrize("name", ["scores.png", "slices.png"])
def test_they_show_what_was_lost(tmp_path: Path, tmp_path_factory, name: str) -> None:
    little, much = draw(tmp_path, 0.001), draw(tmp_path_factory.mktemp("much"), 0.1)
    assert little[name] != much[name]
    pixels = plt.imread(tmp_path / name).reshape(-1, 4)
    assert (pixels[:, :3] < 1).any(axis=1).mean() > 0.02
