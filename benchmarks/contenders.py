"""Models that are compared: each takes a task and a seed and gives calibrated scores of its test claims.

All read the same features. Settings are chosen once a task, on validation; then each seed fits on train and
validation together. Test claims are scored, never looked at.
"""

import claims.pipeline  # noqa: F401 - settings that decide bytes, before TensorFlow

# isort: split

import tempfile
from collections.abc import Callable
from pathlib import Path

from boosters import Booster, Matrices
from claims.config.params import Params
from claims.decisions.fit_calibration import fit_calibration
from claims.decisions.logits import Logits, Scores
from claims.features.extractor import ModelInputs
from claims.features.matrices import concatenate
from claims.model.interpreter import TFLiteModel
from claims.quantization.conversion import convert
from claims.quantization.representative import choose_representative
from claims.training.baselines import fit_logistic, logistic_logits
from claims.training.families import FAMILIES, Trained
from claims.training.network import Shape, make_deterministic, predict_logits
from claims.training.saved_model import export_saved_model
from climbing import Choice
from tasks import Task

Scorer = Callable[[ModelInputs], Logits]
Contender = Callable[[Task, Params, int, Choice], dict[str, Scores]]


def logistic(task: Task, _: Params, seed: int, __: Choice) -> dict[str, Scores]:
    """Logistic regression on one-hot codes and numbers."""
    inputs, outcome = concatenate(task.rows["train"], task.rows["validation"])
    model = fit_logistic(inputs, outcome, task.extractor.rows, seed)
    return {"logistic": _calibrated(task, lambda rows: logistic_logits(model, rows, task.extractor.rows))}


def network(task: Task, params: Params, seed: int, _: Choice) -> dict[str, Scores]:
    """The network on outcomes, as float32."""
    return {"network": _calibrated(task, _network(_trained(task, params, seed, "dnn")))}


def distilled(task: Task, params: Params, seed: int, _: Choice) -> dict[str, Scores]:
    """The network that ships: distilled, as float32 and as int8; and its teacher."""
    trained = _trained(task, params, seed, "distilled")
    assert trained.trees is not None
    return {
        "teacher": _calibrated(task, trained.trees.logits),
        "distilled": _calibrated(task, _network(trained)),
        "int8": _calibrated(task, _quantized(task, params, seed, trained)),
    }


def _trained(task: Task, params: Params, seed: int, family: str) -> Trained:
    make_deterministic(seed)
    train, validation = ((task.rows[n].inputs, task.rows[n].outcome) for n in ("train", "validation"))
    return FAMILIES[family](task.extractor, params.model_copy(update={"seed": seed}), train, validation)


def _network(trained: Trained) -> Scorer:
    assert trained.network is not None
    model = trained.network
    return lambda rows: predict_logits(model, rows)


def _quantized(task: Task, params: Params, seed: int, trained: Trained) -> Scorer:
    sample = choose_representative(task.rows["train"], params.quantize.num_calibration_samples, seed)
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder) / "saved_model"
        export_saved_model(trained.network, Shape.of(task.extractor, params.train), saved)
        content = convert(saved, "int8", task.rows["train"].inputs.take(sample), params.quantize.io)
    return TFLiteModel(content).logits


def boosted(kind: Booster) -> Contender:
    """A contender of one kind of boosting, with the choice that validated best."""

    def contend(task: Task, _: Params, seed: int, choice: Choice) -> dict[str, Scores]:
        data = Matrices(task)
        model = kind.fit(data, choice["settings"], choice["rounds"], seed)
        return {kind.name: _calibrated(task, lambda rows: model(data.design.matrix(rows)))}

    return contend


def _calibrated(task: Task, scorer: Scorer) -> Scores:
    """Scores of the test claims, calibrated on the calibration window as the pipeline does."""
    calibration = task.rows["calibration"]
    fitted = fit_calibration(scorer(calibration.inputs), calibration.outcome)
    return fitted.scores(scorer(task.rows["test"].inputs))
