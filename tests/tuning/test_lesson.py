"""What a trial of the network learns is what `train` teaches the family."""

import numpy as np
import pytest

from claims.features.matrices import Labelled
from claims.training.boosting import TreeDesign, select_rounds
from claims.training.distillation import distil
from claims.tuning.lesson import lesson_of


@pytest.fixture(scope="module")
def halves(labelled) -> tuple[Labelled, Labelled]:
    return labelled.take(np.arange(800)), labelled.take(np.arange(800, 1400))


def with_family(params, family: str):
    boosting = params.boosting.model_copy(update={"max_rounds": 30, "patience": 5})
    distill = params.distill.model_copy(update={"copies": 1})
    model = params.model.model_copy(update={"family": family})
    return params.model_copy(update={"model": model, "boosting": boosting, "distill": distill})


def test_the_network_on_outcomes_learns_outcomes(params, fitted, halves, tmp_path) -> None:
    inputs, target = lesson_of(with_family(params, "dnn"), fitted.extractor, *halves, tmp_path)
    np.testing.assert_array_equal(inputs.codes, halves[0].inputs.codes)
    np.testing.assert_array_equal(target, halves[0].outcome)
    assert list(tmp_path.iterdir()) == []


def test_the_distilled_network_learns_what_its_teacher_says(params, fitted, halves, tmp_path) -> None:
    given = with_family(params, "distilled")
    rows, held_out = ((part.inputs, part.outcome) for part in halves)
    settings = (given.boosting, given.seed, rows, held_out)
    rounds = select_rounds(TreeDesign(fitted.extractor), *settings)[0].rounds
    _, expected = distil(fitted.extractor, given.boosting, given.distill, given.seed, rows, rounds)
    for _ in ("fitted", "kept"):
        inputs, target = lesson_of(given, fitted.extractor, *halves, tmp_path)
        np.testing.assert_array_equal(inputs.codes, expected[0].codes)
        np.testing.assert_array_equal(inputs.numbers, expected[0].numbers)
        np.testing.assert_array_equal(target, expected[1])


def test_a_teacher_is_fitted_once_a_search(params, fitted, halves, tmp_path) -> None:
    given = with_family(params, "distilled")
    _, target = lesson_of(given, fitted.extractor, *halves, tmp_path)
    np.save(tmp_path / "lesson.npy", target + 1)
    np.testing.assert_array_equal(lesson_of(given, fitted.extractor, *halves, tmp_path)[1], target + 1)
