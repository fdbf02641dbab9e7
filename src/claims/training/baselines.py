"""What the network has to beat: always saying the same, and a logistic regression on the same inputs."""

from collections.abc import Mapping

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from claims.decisions.fit_calibration import fit_calibration
from claims.decisions.logits import Logits, Outcome, Scores
from claims.evaluation.anomalies import AnomalyScores, fit_anomaly_scores
from claims.features.extractor import ModelInputs
from claims.features.matrices import Labelled, audited, concatenate
from claims.training.boosting import Trees

_WINDOWS = ("calibration", "test")  # what is fitted on, and what is reported


def majority_logits(outcome: Outcome, size: int) -> Logits:
    """Return the logit of the training share of approval for every claim: float64 [size]."""
    share = float(outcome.mean())
    return np.full(size, np.log(share / (1 - share)))


def fit_logistic(inputs: ModelInputs, outcome: Outcome, rows: int, seed: int) -> LogisticRegression:
    """Fit a logistic regression on one-hot codes and numbers.

    Parameters
    ----------
    inputs
        n claims.
    outcome
        float32 [n].
    rows
        Of the shared table: the width of the one-hot part.
    """
    return LogisticRegression(C=0.1, max_iter=200, random_state=seed).fit(_design(inputs, rows), outcome)


def logistic_logits(model: LogisticRegression, inputs: ModelInputs, rows: int) -> Logits:
    """Return the logits of n claims: float64 [n]."""
    return np.asarray(model.decision_function(_design(inputs, rows)), dtype=np.float64)


def _design(inputs: ModelInputs, rows: int) -> sparse.csr_matrix:
    size, columns = inputs.codes.shape
    ones = np.ones(size * columns, dtype=np.float32)
    one_hot = sparse.csr_matrix(
        (ones, inputs.codes.ravel(), np.arange(size + 1) * columns), shape=(size, rows)
    )
    return sparse.hstack([one_hot, sparse.csr_matrix(inputs.numbers)], format="csr")


def baseline_scores(
    rows: Mapping[str, Labelled], table_rows: int, trees: Trees | None, seed: int
) -> dict[str, Scores]:
    """Score the test claims by what the network has to beat, each calibrated on the calibration window.

    Parameters
    ----------
    rows
        By split.
    table_rows
        Of the shared table.
    trees
        That the network learned from, or None.
    seed
        Of the logistic regression.
    """
    inputs, outcome = concatenate(rows["train"], rows["validation"])
    logistic = fit_logistic(inputs, outcome, table_rows, seed)
    windows = {name: rows[name] for name in _WINDOWS}
    logits = {
        "logistic": {
            name: logistic_logits(logistic, part.inputs, table_rows) for name, part in windows.items()
        },
        "majority": {name: majority_logits(outcome, len(part)) for name, part in windows.items()},
    }
    if trees is not None:
        logits["boosting"] = {name: trees.logits(part.inputs) for name, part in windows.items()}
    return {name: _calibrated_test(given, rows["calibration"].outcome) for name, given in logits.items()}


def _calibrated_test(logits: Mapping[str, Logits], outcome: Outcome) -> Scores:
    return fit_calibration(logits["calibration"], outcome).scores(logits["test"])


def anomaly_baselines(
    rows: Mapping[str, Labelled], reviews: float, table_rows: int, seed: int
) -> dict[str, AnomalyScores]:
    """Score anomalies by a logistic regression on the same audited claims, and by their prevalence.

    Parameters
    ----------
    rows, table_rows, seed
        As of `baseline_scores`.
    reviews
        Share of all claims that may go to a person for their anomaly score.
    """
    inputs, anomaly = audited(rows["train"], rows["validation"])
    logistic = fit_logistic(inputs, anomaly, table_rows, seed)
    windows = {name: rows[name] for name in _WINDOWS}
    logits: dict[str, dict[str, Logits | None]] = {
        "logistic": {
            name: logistic_logits(logistic, part.inputs, table_rows) for name, part in windows.items()
        },
        "prevalence": {name: majority_logits(anomaly, len(part)) for name, part in windows.items()},
    }
    fitted = {name: fit_anomaly_scores(given, windows, reviews) for name, given in logits.items()}
    return {name: scores for name, scores in fitted.items() if scores is not None}
