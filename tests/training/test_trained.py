"""What training leaves: a table by epoch, and what the best epoch reached."""

import numpy as np
import pytest

from claims.config.params import Params
from claims.config.space import start_values
from claims.config.winner import Winner, with_winner
from claims.results.files import as_json
from claims.training.families import Teacher, Trained
from claims.training.trained import describe_training, history_table

HISTORY = {"val_loss": [0.5, 0.4, 0.45], "loss": [0.6, 0.5, 0.4]}


@pytest.fixture
def settings(params: Params) -> Params:
    values = start_values(params.tune.space.network)
    return with_winner(params, Winner(family="network", trial=0, values=values))


def trained(teacher: Teacher | None = None) -> Trained:
    return Trained(None, None, None, 2, HISTORY, np.zeros(3), teacher)


def test_the_table_has_a_line_an_epoch_and_a_column_a_metric() -> None:
    assert history_table(HISTORY) == "epoch,loss,val_loss\n1,0.6,0.5\n2,0.5,0.4\n3,0.4,0.45\n"


def test_figures_are_those_of_the_best_epoch(settings: Params) -> None:
    metrics = describe_training(trained(), None, settings)
    assert (metrics.best, metrics.val_loss, metrics.loss, metrics.val_auc) == (2, 0.4, 0.5, None)


def test_a_teacher_is_named_where_there_was_one(settings: Params) -> None:
    metrics = describe_training(trained(Teacher(284, 0.87)), None, settings)
    assert (metrics.teacher_rounds, metrics.teacher_val_auc) == (284, 0.87)
    assert "teacher_rounds" not in as_json(describe_training(trained(), None, settings))


def test_settings_that_nothing_used_are_left_out(settings: Params) -> None:
    metrics = describe_training(trained(), None, settings)
    assert metrics.settings.train["learning_rate"] == settings.train.learning_rate
    assert not {"anomaly_width", "anomaly_epochs"} & metrics.settings.train.keys()
