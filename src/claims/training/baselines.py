"""What the network has to beat: always saying the same, and a logistic regression on the same inputs."""

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from claims.decisions.logits import Logits, Outcome
from claims.features.extractor import ModelInputs


def majority_logits(outcome: Outcome, size: int) -> Logits:
    """The training share of approval for every claim: float64 [size]."""
    share = float(outcome.mean())
    return np.full(size, np.log(share / (1 - share)))


def fit_logistic(inputs: ModelInputs, outcome: Outcome, rows: int, seed: int) -> LogisticRegression:
    """Logistic regression on one-hot codes and numbers.

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
    """Logits of n claims: float64 [n]."""
    return np.asarray(model.decision_function(_design(inputs, rows)), dtype=np.float64)


def _design(inputs: ModelInputs, rows: int) -> sparse.csr_matrix:
    size, columns = inputs.codes.shape
    ones = np.ones(size * columns, dtype=np.float32)
    one_hot = sparse.csr_matrix(
        (ones, inputs.codes.ravel(), np.arange(size + 1) * columns), shape=(size, rows)
    )
    return sparse.hstack([one_hot, sparse.csr_matrix(inputs.numbers)], format="csr")
