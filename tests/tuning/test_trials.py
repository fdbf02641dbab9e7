"""The table of trials, and the results in it."""

import numpy as np
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from claims.base.errors import GateError
from claims.tuning.trials import Result, Trial, measured, refuse_failures, table


def trial(number: int, loss: float | None, rate: float = 0.1) -> Trial:
    result = None if loss is None else Result(epochs=3, parameters=10, log_loss=loss, roc_auc=0.7)
    return Trial(number, {"learning_rate": rate, "layers": (64, 32)}, 8, 7, result)


def test_the_table_has_a_line_a_trial_in_the_order_of_numbers() -> None:
    text = table([trial(10, 0.5), trial(2, None), trial(0, 0.4)], ["layers", "learning_rate"])
    assert text.splitlines() == [
        "trial,layers,learning_rate,seed,max_epochs,epochs,parameters,log_loss,roc_auc",
        "0,64-32,0.1,7,8,3,10,0.4,0.7",
        "2,64-32,0.1,7,8,,,,",
        "10,64-32,0.1,7,8,3,10,0.5,0.7",
    ]


def test_where_all_fail_the_first_error_is_told() -> None:
    said = "all 2 trials failed, the first with: trial 0: ValueError: no such shape. Mend that"
    with pytest.raises(GateError, match=said):
        refuse_failures([trial(0, None), trial(1, None)], ["trial 0: ValueError: no such shape", "another"])


def test_one_finished_trial_is_enough() -> None:
    refuse_failures([trial(0, None), trial(1, 0.4)], ["trial 0: ValueError"])


def test_a_result_is_measured_on_the_probabilities_that_logits_mean() -> None:
    rng = np.random.default_rng(3)
    logits, outcome = rng.normal(size=200), (rng.random(200) < 0.6).astype(np.float32)
    result = measured(4, 99, logits, outcome)
    assert result.log_loss == pytest.approx(log_loss(outcome, 1 / (1 + np.exp(-logits))), abs=1e-6)
    assert result.roc_auc == pytest.approx(roc_auc_score(outcome, logits), abs=1e-6)
    assert (result.epochs, result.parameters) == (4, 99)


def test_training_that_diverged_is_no_result() -> None:
    with pytest.raises(ArithmeticError, match="diverged"):
        measured(1, 1, np.array([0.0, np.nan]), np.array([0, 1], dtype=np.float32))
