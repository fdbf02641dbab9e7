"""Each family: selected on validation, fitted again where asked, and what a candidate needs."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from claims.config.params import Params, load_params
from claims.training.distillation import distil
from claims.training.families import FAMILIES, Data, Trained
from claims.training.network import Shape, predict_logits
from model_parts import BOOSTING, DISTILL, TRAIN, first_rows

ROOT = Path(__file__).parents[2]
SEED = 3
Train = Callable[[str, bool], Trained]


@pytest.fixture(scope="module")
def train(labelled) -> Data:
    return first_rows(labelled.inputs, slice(0, 600)), labelled.outcome[:600]


@pytest.fixture(scope="module")
def validation(labelled) -> Data:
    return first_rows(labelled.inputs, slice(600, 1000)), labelled.outcome[600:1000]


def params(refit: bool) -> Params:
    settings = {"train": TRAIN.model_copy(update={"refit": refit}), "boosting": BOOSTING, "distill": DISTILL}
    return load_params(ROOT / "params.yaml").model_copy(update={"seed": SEED, **settings})


@pytest.fixture(scope="module")
def trained(fitted, train: Data, validation: Data, tmp_path_factory) -> Iterator[Train]:
    """A family with or without the refit, trained once; live curves go to a folder of the tests."""
    candidates: dict[tuple[str, bool], Trained] = {}

    def get(family: str, refit: bool) -> Trained:
        if (family, refit) not in candidates:
            candidates[family, refit] = FAMILIES[family](fitted.extractor, params(refit), train, validation)
        return candidates[family, refit]

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("trained"))
        yield get


every_family = pytest.mark.parametrize("family", FAMILIES)


@pytest.mark.parametrize(
    ("family", "network", "members"),
    [("dnn", True, 0), ("gbm", False, 1), ("distilled", True, DISTILL.folds)],
)
def test_a_family_has_its_parts(trained: Train, family: str, network: bool, members: int) -> None:
    for refit in (False, True):
        candidate = trained(family, refit)

        assert (candidate.network is not None) is network
        assert (len(candidate.trees.members) if candidate.trees else 0) == members


@every_family
def test_what_validated_best_is_kept(trained: Train, family: str) -> None:
    candidate = trained(family, False)
    losses = candidate.history["val_loss"]

    assert candidate.best == np.argmin(losses) + 1
    assert {len(values) for values in candidate.history.values()} == {len(losses)}


@every_family
def test_validation_logits_come_from_before_the_refit(trained: Train, validation: Data, family: str) -> None:
    selected, fitted_again = (trained(family, refit) for refit in (False, True))

    np.testing.assert_array_equal(fitted_again.validation_logits, selected.validation_logits)
    np.testing.assert_array_equal(final_logits(selected, validation), selected.validation_logits)
    assert (final_logits(fitted_again, validation) != selected.validation_logits).any()


def final_logits(candidate: Trained, data: Data) -> np.ndarray:
    """By what the candidate scores with."""
    return (
        predict_logits(candidate.network, data[0]) if candidate.network else candidate.trees.logits(data[0])
    )


def test_the_refit_trees_have_the_selected_rounds(trained: Train) -> None:
    assert trained("gbm", True).trees.rounds == trained("gbm", True).best


def test_a_distilled_network_has_the_shape_of_any_other(fitted, trained: Train) -> None:
    plain, distilled = (trained(family, False).network for family in ("dnn", "distilled"))

    assert [w.shape for w in distilled.get_weights()] == [w.shape for w in plain.get_weights()]
    assert Shape.of(fitted.extractor, TRAIN).rows == fitted.extractor.rows


def test_a_distilled_network_learns_scores_and_not_outcomes(trained: Train, validation: Data) -> None:
    plain, distilled = (trained(family, False) for family in ("dnn", "distilled"))

    assert (final_logits(distilled, validation) != final_logits(plain, validation)).any()
    assert "auc" not in distilled.history  # of probabilities there is none
    assert {"loss", "val_loss", "val_auc"} <= distilled.history.keys()


def test_the_teacher_is_measured_on_validation_before_the_refit(
    fitted, trained: Train, train: Data, validation: Data
) -> None:
    selected, fitted_again = (trained("distilled", refit) for refit in (False, True))
    rounds = selected.teacher.rounds
    again = distil(fitted.extractor, BOOSTING, DISTILL, SEED, train, rounds)[0]

    assert fitted_again.teacher == selected.teacher
    assert 0.5 < selected.teacher.val_auc < 1
    assert selected.trees.rounds == fitted_again.trees.rounds == rounds
    np.testing.assert_array_equal(again.logits(validation[0]), selected.trees.logits(validation[0]))
    assert (fitted_again.trees.logits(validation[0]) != selected.trees.logits(validation[0])).any()


def test_families_without_a_teacher_name_none(trained: Train) -> None:
    assert trained("dnn", False).teacher is trained("gbm", False).teacher is None
