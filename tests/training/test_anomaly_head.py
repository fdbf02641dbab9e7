"""The anomaly head learns from audited claims alone, and approval does not notice."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from claims.features.matrices import Labelled, audited
from claims.model.interpreter import TFLiteModel
from claims.training.anomaly_head import add_anomaly_head, refit_anomaly
from claims.training.candidate import WEIGHTS
from claims.training.fit import refit
from claims.training.network import predict_outputs
from model_parts import SEED, TRAIN, VARIANTS, Parts, contents


@pytest.fixture(scope="module")
def approval(fitted, labelled):
    """A network of approval alone."""
    return refit(fitted.extractor, TRAIN, SEED, (labelled.inputs, labelled.outcome), 1)


def flat(model) -> np.ndarray:
    return np.concatenate([weight.ravel() for weight in model.get_weights()])


def test_approval_scores_are_the_same_bits_with_an_anomaly_head(parts: Parts, plain_parts: Parts) -> None:
    inputs = parts.rows.inputs
    with_anomaly, alone = predict_outputs(parts.keras, inputs), predict_outputs(plain_parts.keras, inputs)
    np.testing.assert_array_equal(with_anomaly.logit, alone.logit)
    assert alone.anomaly is None


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_converted_approval_ranks_as_without(parts: Parts, plain_parts: Parts, variant: str) -> None:
    both, alone = (TFLiteModel(trained.variants[variant]) for trained in (parts, plain_parts))
    np.testing.assert_array_equal(both.logits(parts.rows.inputs), alone.logits(parts.rows.inputs))


def test_claims_that_nobody_audited_teach_nothing(approval, labelled: Labelled) -> None:
    unknown = np.flatnonzero(np.isnan(labelled.anomaly))
    numbers = labelled.inputs.numbers.copy()
    numbers[unknown] = 0.5
    changed = replace(labelled, inputs=replace(labelled.inputs, numbers=numbers))
    one, two = (flat(refit_anomaly(approval, TRAIN, 1, audited(rows), 2)) for rows in (labelled, changed))
    np.testing.assert_array_equal(one, two)


def test_it_learns_what_audits_find(approval, labelled: Labelled) -> None:
    model = refit_anomaly(approval, TRAIN, 1, audited(labelled), 30)
    inputs, anomaly = audited(labelled)
    assert roc_auc_score(anomaly, predict_outputs(model, inputs).anomaly) > 0.8


def test_validation_claims_are_scored_by_a_network_that_never_saw_them(approval, labelled) -> None:
    rows, held_out = part(labelled, slice(0, 2_000)), part(labelled, slice(2_000, None))
    extended = add_anomaly_head(approval, approval, TRAIN, 1, rows, held_out)
    alone = refit_anomaly(approval, TRAIN, 1, audited(rows), extended.epochs)
    np.testing.assert_allclose(
        extended.validation_logits, predict_outputs(alone, held_out.inputs).anomaly, atol=1e-6
    )
    both = refit_anomaly(approval, TRAIN, 1, audited(rows, held_out), extended.epochs)
    np.testing.assert_array_equal(flat(extended.model), flat(both))


def part(rows: Labelled, chosen: slice) -> Labelled:
    """Some claims, as far as training looks at them."""
    inputs = type(rows.inputs)(rows.inputs.codes[chosen], rows.inputs.numbers[chosen])
    assert rows.anomaly is not None
    return replace(rows, inputs=inputs, outcome=rows.outcome[chosen], anomaly=rows.anomaly[chosen])


def test_without_the_outcome_nothing_of_it_is_on_disk(plain_parts: Parts) -> None:
    files = contents(plain_parts.candidate)
    assert [name for name, content in files.items() if b"anomaly" in content] == []
    assert WEIGHTS in files
