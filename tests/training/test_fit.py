"""Training: repeatable, stopped at its best epoch, and then once more from scratch."""

import keras
import numpy as np
import pytest

from claims.features.extractor import ModelInputs
from claims.training.fit import Selected, falling_rate, refit, select
from claims.training.network import make_deterministic, predict_logits
from model_parts import TRAIN, first_rows

HASTY = TRAIN.model_copy(update={"learning_rate": 0.02, "dropout": 0.0, "max_epochs": 12, "patience": 2})


@pytest.fixture(scope="module")
def train(labelled) -> tuple[ModelInputs, np.ndarray]:
    make_deterministic(1)
    return first_rows(labelled.inputs, slice(0, 600)), labelled.outcome[:600]


@pytest.fixture(scope="module")
def validation(labelled) -> tuple[ModelInputs, np.ndarray]:
    return first_rows(labelled.inputs, slice(600, 1200)), labelled.outcome[600:1200]


@pytest.fixture(scope="module")
def selected(fitted, train, validation) -> Selected:
    """A network that learns its few claims by heart within a few epochs."""
    return select(fitted.extractor, HASTY, 1, train, validation)


@pytest.fixture(scope="module")
def once(fitted, train) -> keras.Model:
    """A network trained for one epoch."""
    return refit(fitted.extractor, TRAIN, 1, train, 1)


def flat(model: keras.Model) -> np.ndarray:
    return np.concatenate([weight.ravel() for weight in model.get_weights()])


def log_loss(logits: np.ndarray, outcome: np.ndarray) -> float:
    return float(np.logaddexp(0, np.where(outcome == 1, -logits, logits)).mean())


def test_the_same_seed_gives_the_same_weights(fitted, train, once) -> None:
    again, other = (flat(refit(fitted.extractor, TRAIN, seed, train, 1)) for seed in (1, 2))
    np.testing.assert_array_equal(again, flat(once))
    assert not np.array_equal(other, flat(once))


def test_early_stopping_keeps_the_best_epoch(selected: Selected, validation) -> None:
    losses = selected.history["val_loss"]
    assert selected.epochs == np.argmin(losses) + 1
    assert selected.epochs + HASTY.patience == len(losses) < HASTY.max_epochs
    kept = log_loss(predict_logits(selected.model, validation[0]), validation[1])
    assert kept == pytest.approx(min(losses), abs=1e-5)


def test_the_validation_logits_are_those_of_the_kept_network(selected: Selected, validation) -> None:
    np.testing.assert_array_equal(selected.validation_logits, predict_logits(selected.model, validation[0]))


def test_the_history_has_loss_and_auc_of_every_epoch(selected: Selected) -> None:
    assert set(selected.history) == {"loss", "auc", "val_loss", "val_auc"}
    assert len({len(values) for values in selected.history.values()}) == 1


def test_a_refit_starts_from_scratch_as_selection_did(fitted, train, validation) -> None:
    settings = TRAIN.model_copy(update={"max_epochs": 1})
    selected = select(fitted.extractor, settings, 1, train, validation)
    once = refit(fitted.extractor, settings, 1, train, 1)
    np.testing.assert_array_equal(flat(once), flat(selected.model))


def test_the_learning_rate_falls_to_zero_at_the_last_epoch() -> None:
    steps = 12 * int(np.ceil(600 / HASTY.batch_size))
    rates = [float(falling_rate(HASTY, 600)(step)) for step in range(steps + 1)]
    assert rates == sorted(rates, reverse=True)
    assert rates[0] == pytest.approx(0.02)
    assert rates[steps // 2] == pytest.approx(0.01)
    assert rates[-1] == pytest.approx(0.0, abs=1e-8)


def test_the_learning_rate_falls_over_max_epochs_whenever_training_ends(fitted, train) -> None:
    settings = TRAIN.model_copy(update={"max_epochs": 9})
    once = refit(fitted.extractor, settings, 1, train, 1)
    next_step = once.optimizer.iterations.numpy()
    assert float(once.optimizer.learning_rate) == pytest.approx(float(falling_rate(settings, 600)(next_step)))
    assert float(once.optimizer.learning_rate) > 0.9 * TRAIN.learning_rate


def test_a_refit_takes_the_chosen_epochs(fitted, train, once) -> None:
    thrice = refit(fitted.extractor, TRAIN, 1, train, 3)
    batches = np.ceil(600 / TRAIN.batch_size)
    assert [model.optimizer.iterations.numpy() for model in (once, thrice)] == [batches, 3 * batches]


def test_class_weights_move_the_scores_towards_the_rarer_outcome(fitted, train, once) -> None:
    settings = TRAIN.model_copy(update={"class_weight": True})
    even = refit(fitted.extractor, settings, 1, train, 1)
    assert train[1].mean() > 0.6
    assert predict_logits(even, train[0]).mean() < predict_logits(once, train[0]).mean()
