"""What the network learns from: scores that know no outcome of their own, and features that stay whole."""

import numpy as np
import pytest

from claims.features.extractor import ModelInputs, Places
from claims.training.boosting import TreeDesign, Trees
from claims.training.distillation import cross_fit, distil, exchange_features
from model_parts import BOOSTING, DISTILL, first_rows

ROWS = 900
ROUNDS = 10
Data = tuple[ModelInputs, np.ndarray]
Lesson = tuple[Trees, tuple[ModelInputs, np.ndarray]]


@pytest.fixture(scope="module")
def data(labelled) -> Data:
    return first_rows(labelled.inputs, slice(0, ROWS)), labelled.outcome[:ROWS]


@pytest.fixture(scope="module")
def lesson(fitted, data: Data) -> Lesson:
    return distil(fitted.extractor, BOOSTING, DISTILL, 1, data, ROUNDS)


def test_a_claims_logit_does_not_know_its_own_outcome(fitted, data: Data) -> None:
    design, (inputs, outcome) = TreeDesign(fitted.extractor), data
    _, before = cross_fit(design, BOOSTING, 3, 1, data, ROUNDS)
    for row in (0, 450, 899):
        flipped = outcome.copy()
        flipped[row] = 1 - flipped[row]
        _, after = cross_fit(design, BOOSTING, 3, 1, (inputs, flipped), ROUNDS)

        assert after[row] == before[row]
        assert (after != before).any()


def test_each_claim_is_scored_by_one_member_and_the_teacher_is_all(fitted, data: Data) -> None:
    teacher, logits = cross_fit(TreeDesign(fitted.extractor), BOOSTING, 3, 1, data, ROUNDS)
    by_member = np.array([Trees(teacher.design, (m,)).logits(data[0]) for m in teacher.members])

    assert by_member.shape == (3, ROWS)
    assert {m.num_trees() for m in teacher.members} == {ROUNDS}
    hits = by_member == logits
    assert hits.any(axis=0).all()
    assert (hits.sum(axis=1) >= ROWS // 3).all()


def test_the_real_claims_come_first_and_then_the_copies(data: Data, lesson: Lesson) -> None:
    inputs, scores = lesson[1]

    assert len(inputs) == len(scores) == ROWS * (1 + DISTILL.copies)
    np.testing.assert_array_equal(inputs.codes[:ROWS], data[0].codes)
    np.testing.assert_array_equal(inputs.numbers[:ROWS], data[0].numbers)


def test_what_is_learned_are_probabilities_that_agree_with_the_outcomes(data: Data, lesson: Lesson) -> None:
    scores = lesson[1][1]

    assert scores.dtype == np.float32
    assert ((scores > 0) & (scores < 1)).all()
    assert scores[:ROWS].mean() == pytest.approx(data[1].mean(), abs=1e-3)


def test_without_copies_the_lesson_is_the_real_claims(fitted, data: Data, lesson: Lesson) -> None:
    plain = DISTILL.model_copy(update={"copies": 0})

    _, (inputs, scores) = distil(fitted.extractor, BOOSTING, plain, 1, data, ROUNDS)

    assert len(inputs) == ROWS
    np.testing.assert_array_equal(scores, lesson[1][1][:ROWS])


def test_the_same_seed_gives_the_same_lesson(fitted, data: Data, lesson: Lesson) -> None:
    again = distil(fitted.extractor, BOOSTING, DISTILL, 1, data, ROUNDS)[1]

    assert again[0].codes.tobytes() == lesson[1][0].codes.tobytes()
    assert again[1].tobytes() == lesson[1][1].tobytes()


def numbered(features: list[Places], rows: int) -> ModelInputs:
    """Claims in which every column says the number of its row."""
    codes, numbers = (sum(len(getattr(places, kind)) for places in features) for kind in ("codes", "numbers"))
    ids = np.arange(rows).reshape(-1, 1)
    return ModelInputs(np.tile(ids.astype(np.int32), codes), np.tile(ids.astype(np.float32), numbers))


def test_codes_and_numbers_of_a_feature_are_exchanged_together(fitted) -> None:
    features = [*fitted.extractor.places.values()]
    settings = DISTILL.model_copy(update={"copies": 3, "exchange": 0.3})

    exchanged = exchange_features(numbered(features, 200), features, settings, 1)

    assert len(exchanged) == 600
    assert exchanged_share(exchanged, features, 200) == pytest.approx(0.3, abs=0.02)


def exchanged_share(exchanged: ModelInputs, features: list[Places], rows: int) -> float:
    """Share of features from elsewhere; each came whole, and all of a claim from one other claim."""
    givers = []
    for places in features:
        columns = np.hstack([exchanged.codes[:, places.codes], exchanged.numbers[:, places.numbers]])
        assert (columns == columns[:, :1]).all()
        givers.append(columns[:, 0])
    own = np.arange(len(exchanged)) % rows
    others = [set(claim) - {row} for claim, row in zip(np.array(givers).T, own, strict=True)]
    assert max(map(len, others)) == 1
    return float(np.mean(np.array(givers) != own))


@pytest.mark.parametrize(("chance", "rows"), [(0.0, range(50)), (1.0, None)])
def test_the_ends_of_the_chance_are_no_and_every_feature(fitted, chance: float, rows: range | None) -> None:
    features = [*fitted.extractor.places.values()]
    settings = DISTILL.model_copy(update={"exchange": chance})

    exchanged = exchange_features(numbered(features, 50), features, settings, 1)

    assert (exchanged.codes == exchanged.codes[:, :1]).all()
    assert sorted(exchanged.codes[:, 0]) == list(range(50))
    assert (exchanged.codes[:, 0].tolist() == list(range(50))) is (rows is not None)


def test_no_two_copies_are_alike(fitted) -> None:
    features = [*fitted.extractor.places.values()]
    settings = DISTILL.model_copy(update={"copies": 2})

    exchanged = exchange_features(numbered(features, 50), features, settings, 1)

    assert (exchanged.codes[:50] != exchanged.codes[50:]).any()
