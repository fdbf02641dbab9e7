"""A trial's result depends on its values, epochs and seed: not on what the process trained before."""

import numpy as np
import pytest

from claims.config.space import Values
from claims.training.network import make_deterministic
from claims.tuning.boosting_search import boosting_objective
from claims.tuning.network_objective import network_objective
from claims.tuning.trials import Objective
from model_parts import TRAIN

HELD = {"patience": 2, "class_weight": False, "anomaly_width": 8, "anomaly_epochs": 1}
HELD_TREES = {"max_rounds": 20, "patience": 5}
NETWORK: Values = {name: getattr(TRAIN, name) for name in ("learning_rate", "batch_size", "embedding")} | {
    "layers": (32,),
    "dropout": 0.4,
    "weight_decay": 0.0001,
}
TREES: Values = {
    "learning_rate": 0.1,
    "leaves": 7,
    "min_leaf": 20,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "l2": 1.0,
}


@pytest.fixture(scope="module", params=["network", "boosting"])
def trial(request, fitted, labelled) -> tuple[Objective, Values, Values]:
    """An objective, values, and other values."""
    make_deterministic(3)
    train, validation = labelled.take(np.arange(1500)), labelled.take(np.arange(1500, 2500))
    if request.param == "boosting":
        return (
            boosting_objective(fitted.extractor, HELD_TREES, train, validation),
            TREES,
            TREES | {"leaves": 15},
        )
    objective = network_objective(fitted.extractor, HELD, lambda: (train.inputs, train.outcome), validation)
    return objective, NETWORK, NETWORK | {"layers": (16, 8)}


def test_a_trial_after_others_gives_what_it_gives_alone(trial) -> None:
    objective, values, other = trial
    alone = objective(values, 2, 7)
    objective(other, 2, 8)
    assert objective(values, 2, 7) == alone


def test_values_and_seed_matter(trial) -> None:
    objective, values, other = trial
    results = [objective(values, 2, 7), objective(values, 2, 8), objective(other, 2, 7)]
    assert len({result.log_loss for result in results}) == 3
    assert results[0].parameters != results[2].parameters


def test_a_trial_ranks_better_than_chance(trial) -> None:
    objective, values, _ = trial
    assert objective(values, 2, 7).roc_auc > 0.6
