"""Trials: what each tried and reached, as one table, and which of them won."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from claims.base.errors import GateError
from claims.base.rounding import rounded
from claims.base.strict import Strict
from claims.config.space import Value, Values
from claims.decisions.logits import Logits


class Result(Strict):
    """What a trial reached on validation claims.

    Attributes
    ----------
    epochs
        The best epoch of a network, the rounds of boosted trees.
    parameters
        Weights of a network, leaves of boosted trees.
    log_loss, roc_auc
        Of the validation claims; the log-loss selects, since scores are used as probabilities: it falls
        with better ranking and with truer probabilities, where the ROC-AUC sees ranking alone.
    """

    epochs: int
    parameters: int
    log_loss: float
    roc_auc: float


class Objective(Protocol):
    """A family's objective: the result is a function of the arguments alone."""

    def __call__(self, values: Values, max_epochs: int, seed: int) -> Result:
        """Train with these values, for so many epochs at most, and measure on validation."""


@dataclass(frozen=True)
class Trial:
    """One row of the table; ``result`` is None where the trial failed."""

    number: int
    values: Values
    max_epochs: int
    seed: int
    result: Result | None


def measured(epochs: int, parameters: int, logits: Logits, outcome: NDArray[np.float32]) -> Result:
    """Return the result that validation logits, float64 [n], give with their outcomes, [n].

    Raises
    ------
    ArithmeticError
        Where the logits are not finite: training diverged.
    """
    if not np.isfinite(logits).all():
        raise ArithmeticError("training diverged: logits are not finite")
    losses = np.logaddexp(0, np.where(outcome == 1, -logits, logits))
    return Result(
        epochs=epochs,
        parameters=parameters,
        log_loss=rounded(losses.mean()),
        roc_auc=rounded(roc_auc_score(outcome, logits)),
    )


def refuse_failures(trials: Sequence[Trial], failures: Sequence[str]) -> None:
    """Refuse a search of which no trial could be finished.

    Raises
    ------
    GateError
        With the first trial's own error.
    """
    if not any(trial.result for trial in trials):
        first = failures[0] if failures else "see what the workers printed"
        remedy = "Mend that, or tune.space of params.yaml."
        raise GateError("tune", f"all {len(trials)} trials failed, the first with: {first}", remedy)


def table(trials: Iterable[Trial], names: Iterable[str]) -> str:
    """Write the trials as CSV, a line each in the order of their numbers; a failed trial has no result."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = list(names)
    writer.writerow(("trial", *names, "seed", "max_epochs", *Result.model_fields))
    for trial in sorted(trials, key=lambda trial: trial.number):
        reached: dict[str, Any] = trial.result.model_dump() if trial.result else {}
        values = (as_text(trial.values[name]) for name in names)
        result = (reached.get(name, "") for name in Result.model_fields)
        writer.writerow((trial.number, *values, trial.seed, trial.max_epochs, *result))
    return text.getvalue()


def as_text(value: Value) -> str:
    """Write a value in a cell: ``128-64`` for the widths of layers."""
    return "-".join(map(str, value)) if isinstance(value, tuple) else str(value)
