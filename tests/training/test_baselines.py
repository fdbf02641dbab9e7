"""What the network has to beat."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from claims.training.baselines import fit_logistic, logistic_logits, majority_logits
from model_parts import SEED


def test_the_majority_says_the_same_of_every_claim(labelled) -> None:
    logits = majority_logits(labelled.outcome, 3)
    assert 1 / (1 + np.exp(-logits)) == pytest.approx([labelled.outcome.mean()] * 3)


def test_the_logistic_regression_learns_from_codes_and_numbers(fitted, labelled) -> None:
    rows = fitted.extractor.rows
    model = fit_logistic(labelled.inputs, labelled.outcome, rows, SEED)
    assert model.n_features_in_ == rows + labelled.inputs.numbers.shape[1]
    logits = logistic_logits(model, labelled.inputs, rows)
    assert roc_auc_score(labelled.outcome, logits) > 0.8
    assert (1 / (1 + np.exp(-logits))).mean() == pytest.approx(labelled.outcome.mean(), abs=0.01)
