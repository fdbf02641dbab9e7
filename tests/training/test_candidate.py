"""A candidate comes back from its folder as it was saved."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from claims.base.errors import ModelError
from claims.training.boosting import TreeDesign, Trees, fit_trees
from claims.training.candidate import (
    TREES,
    Recipe,
    has_network,
    load_candidate,
    load_scorer,
    load_trees,
    save_candidate,
)
from claims.training.network import Shape, build_network, predict_logits
from model_parts import BOOSTING, Parts

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


@pytest.fixture(scope="module")
def trees(fitted, labelled) -> Trees:
    return fit_trees(TreeDesign(fitted.extractor), BOOSTING, 1, (labelled.inputs, labelled.outcome), 5)


def test_trees_alone_score_as_they_did(fitted, labelled, trees: Trees, tmp_path: Path) -> None:
    trees.save(tmp_path / TREES)

    assert not has_network(tmp_path)
    np.testing.assert_array_equal(
        load_scorer(tmp_path, fitted.extractor)(labelled.inputs).logit, trees.logits(labelled.inputs)
    )


def test_a_network_scores_beside_its_teacher(fitted, parts: Parts, trees: Trees, tmp_path: Path) -> None:
    shutil.copytree(parts.candidate, tmp_path / "candidate")
    trees.save(tmp_path / "candidate" / TREES)
    inputs = parts.rows.inputs

    scorer, teacher = (load(tmp_path / "candidate", fitted.extractor) for load in (load_scorer, load_trees))

    np.testing.assert_array_equal(scorer(inputs).logit, predict_logits(parts.keras, inputs))
    np.testing.assert_array_equal(teacher.logits(inputs), trees.logits(inputs))


def test_a_network_that_learned_from_outcomes_has_no_trees(fitted, parts: Parts) -> None:
    assert has_network(parts.candidate)
    assert load_trees(parts.candidate, fitted.extractor) is None


def test_nothing_scores_from_an_empty_folder(fitted, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no candidate"):
        load_scorer(tmp_path, fitted.extractor)
