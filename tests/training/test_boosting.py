"""Boosted trees: what they read, how many are grown, and that they come back as they were saved."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from claims.features.encoders.vocabulary import Vocabulary
from claims.features.extractor import FeatureExtractor, ModelInputs
from claims.training.baselines import fit_logistic, logistic_logits
from claims.training.boosting import TreeDesign, Trees, average, fit_trees, select_rounds
from model_parts import BOOSTING, contents, first_rows

HASTY = BOOSTING.model_copy(update={"learning_rate": 0.5, "max_rounds": 100})
Data = tuple[ModelInputs, np.ndarray]


@pytest.fixture(scope="module")
def design(fitted) -> TreeDesign:
    return TreeDesign(fitted.extractor)


@pytest.fixture(scope="module")
def train(labelled) -> Data:
    return first_rows(labelled.inputs, slice(0, 1500)), labelled.outcome[:1500]


@pytest.fixture(scope="module")
def validation(labelled) -> Data:
    return first_rows(labelled.inputs, slice(1500, None)), labelled.outcome[1500:]


@pytest.fixture(scope="module")
def trees(design: TreeDesign, train: Data) -> Trees:
    return fit_trees(design, BOOSTING, 1, train, 12)


@pytest.fixture(scope="module")
def selected(design: TreeDesign, train: Data, validation: Data) -> tuple[Trees, list[float]]:
    """Trees that learn their claims by heart within a few rounds."""
    return select_rounds(design, HASTY, 1, train, validation)


def log_loss(logits: np.ndarray, outcome: np.ndarray) -> float:
    return float(np.logaddexp(0, np.where(outcome == 1, -logits, logits)).mean())


def test_trees_read_true_categories_and_every_number(design: TreeDesign, fitted, train: Data) -> None:
    extractor: FeatureExtractor = fitted.extractor
    categories = [name for name, encoder in extractor.encoders.items() if isinstance(encoder, Vocabulary)]
    matrix = design.matrix(train[0])

    assert [extractor.code_names[column] for column in design.columns] == categories
    assert matrix.shape == (1500, len(categories) + len(extractor.number_names))
    np.testing.assert_array_equal(matrix[:, len(categories) :], train[0].numbers)


def test_each_category_counts_its_codes_from_zero(design: TreeDesign, fitted, train: Data) -> None:
    sizes = np.array(fitted.extractor.sizes)[design.columns]
    codes = design.matrix(train[0])[:, : len(sizes)]

    assert ((codes >= 0) & (codes < sizes)).all()
    assert (codes == np.round(codes)).all()
    place = design.columns[0]
    np.testing.assert_array_equal(codes[:, 0], train[0].codes[:, place] - fitted.extractor.offsets[place])


def test_the_same_seed_gives_the_same_bytes(
    design: TreeDesign, train: Data, trees: Trees, tmp_path: Path
) -> None:
    trees.save(tmp_path / "one")
    for seed, name in ((1, "again"), (2, "other")):
        fit_trees(design, BOOSTING, seed, train, 12).save(tmp_path / name)

    one, again, other = (contents(tmp_path / name) for name in ("one", "again", "other"))
    assert one == again != other


def test_the_rounds_that_validate_best_are_kept(
    selected: tuple[Trees, list[float]], validation: Data
) -> None:
    kept_trees, losses = selected

    assert kept_trees.rounds == np.argmin(losses) + 1
    assert kept_trees.rounds + HASTY.patience == len(losses) < HASTY.max_rounds
    assert log_loss(kept_trees.logits(validation[0]), validation[1]) == pytest.approx(min(losses))


def test_no_more_rounds_are_tried_than_allowed(design: TreeDesign, train: Data, validation: Data) -> None:
    settings = BOOSTING.model_copy(update={"max_rounds": 3})

    kept_trees, losses = select_rounds(design, settings, 1, train, validation)

    assert kept_trees.rounds == len(losses) == 3


def test_the_rounds_asked_for_are_grown(trees: Trees) -> None:
    assert trees.rounds == 12


def test_selection_and_a_given_number_of_rounds_grow_the_same_trees(
    design: TreeDesign, selected: tuple[Trees, list[float]], train: Data, validation: Data
) -> None:
    again = fit_trees(design, HASTY, 1, train, selected[0].rounds)

    np.testing.assert_array_equal(again.logits(validation[0]), selected[0].logits(validation[0]))


def test_saved_trees_come_back_with_the_same_logits(
    fitted, trees: Trees, validation: Data, tmp_path: Path
) -> None:
    trees.save(tmp_path)

    back = Trees.load(tmp_path, fitted.extractor)

    assert back.rounds == trees.rounds
    np.testing.assert_array_equal(back.logits(validation[0]), trees.logits(validation[0]))


def test_members_come_back_in_their_order(fitted, trees: Trees, tmp_path: Path) -> None:
    shortened = (trees.members[0].model_to_string(num_iteration=rounds) for rounds in range(1, 12))
    booster = type(trees.members[0])
    eleven = Trees(trees.design, tuple(booster(model_str=text) for text in shortened))
    eleven.save(tmp_path)  # 10.txt comes after 9.txt

    assert [m.num_trees() for m in Trees.load(tmp_path, fitted.extractor).members] == list(range(1, 12))


def test_an_average_is_that_of_the_logits(
    design: TreeDesign, trees: Trees, train: Data, validation: Data
) -> None:
    other = fit_trees(design, BOOSTING, 2, train, 5)
    one, two = trees.logits(validation[0]), other.logits(validation[0])

    np.testing.assert_allclose(average([trees, other]).logits(validation[0]), (one + two) / 2, rtol=1e-12)


def test_a_claim_alone_has_the_logit_that_it_has_among_others(trees: Trees, validation: Data) -> None:
    inputs, together = validation[0], trees.logits(validation[0])

    for row in range(0, 100, 7):
        assert trees.logits(first_rows(inputs, [row]))[0] == together[row]


def test_trees_learn_an_interaction_that_a_straight_line_cannot(design: TreeDesign, fitted) -> None:
    draw = np.random.default_rng(3)
    codes = np.tile(np.array(fitted.extractor.offsets, dtype=np.int32), (2000, 1))
    numbers = np.zeros((2000, len(fitted.extractor.number_names)), dtype=np.float32)
    numbers[:, :2] = draw.uniform(-1, 1, (2000, 2))
    outcome = ((numbers[:, 0] > 0) ^ (numbers[:, 1] > 0)).astype(np.float32)
    settings = BOOSTING.model_copy(update={"feature_fraction": 1.0})
    seen, held_out = (ModelInputs(codes[part], numbers[part]) for part in (slice(0, 1500), slice(1500, None)))

    grown = fit_trees(design, settings, 1, (seen, outcome[:1500]), 60)
    line = fit_logistic(seen, outcome[:1500], fitted.extractor.rows, 1)

    assert roc_auc_score(outcome[1500:], grown.logits(held_out)) > 0.95
    assert roc_auc_score(outcome[1500:], logistic_logits(line, held_out, fitted.extractor.rows)) < 0.7
