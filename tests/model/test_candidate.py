"""A candidate comes back from its folder as it was saved."""

from pathlib import Path

import numpy as np
import pytest

from claims.errors import ModelError
from claims.model.candidate import Recipe, load_candidate, save_candidate
from claims.model.network import Shape, build_network, predict_logits
from model_parts import Parts

RECIPE = Recipe(
    shape=Shape(rows=9, columns=2, numbers=1, embedding=2, layers=(3,), dropout=0), epochs=1, refit=False
)


def test_it_comes_back_as_it_was(tmp_path: Path) -> None:
    model = build_network(RECIPE.shape)
    save_candidate(tmp_path, model, RECIPE)
    for before, after in zip(model.get_weights(), load_candidate(tmp_path).get_weights(), strict=True):
        np.testing.assert_array_equal(after, before)


def test_loaded_twice_it_scores_alike(parts: Parts) -> None:
    one, two = (predict_logits(load_candidate(parts.candidate), parts.rows.inputs) for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_a_folder_without_one_names_the_stage_to_run(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no candidate.*dvc repro train"):
        load_candidate(tmp_path)
