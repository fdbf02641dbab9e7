"""Models that are compared: each takes a task and a seed and gives calibrated scores of its test claims.

All read the same features. Settings are chosen once a task, on validation; then each seed fits on train and
validation together. Test claims are scored, never looked at.
"""

import itertools
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import lightgbm as lgb
import numpy as np
import xgboost as xgb
from catboost import CatBoostClassifier, Pool
from numpy.typing import NDArray

from claims.config import Params
from claims.features.extractor import Inputs
from claims.features.matrices import concatenate
from claims.model.baselines import fit_logistic, logistic_logits
from claims.model.boosting import TreeDesign
from claims.model.conversion import choose_representative, convert
from claims.model.decision import fit_calibration
from claims.model.families import FAMILIES, Trained
from claims.model.interpreter import TFLiteModel
from claims.model.logits import Logits, Scores
from claims.model.network import Shape, make_deterministic, predict_logits
from claims.model.saved_model import export_saved_model
from tasks import Task

Choice = dict[str, Any]
Scorer = Callable[[Inputs], Logits]
THREADS = 2
MAX_ROUNDS, PATIENCE = 4000, 100


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
    found = _trained(task, params, seed, "distilled")
    assert found.trees is not None
    return {
        "teacher": _calibrated(task, found.trees.logits),
        "distilled": _calibrated(task, _network(found)),
        "int8": _calibrated(task, _quantized(task, params, seed, found)),
    }


def _trained(task: Task, params: Params, seed: int, family: str) -> Trained:
    make_deterministic(seed)
    train, validation = ((task.rows[n].inputs, task.rows[n].outcome) for n in ("train", "validation"))
    return FAMILIES[family](task.extractor, params.model_copy(update={"seed": seed}), train, validation)


def _network(found: Trained) -> Scorer:
    assert found.network is not None
    model = found.network
    return lambda rows: predict_logits(model, rows)


def _quantized(task: Task, params: Params, seed: int, found: Trained) -> Scorer:
    sample = choose_representative(task.rows["train"], params.quantize.num_calibration_samples, seed)
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder) / "saved_model"
        export_saved_model(found.network, Shape.of(task.extractor, params.train), saved)
        content = convert(saved, "int8", task.rows["train"].inputs.take(sample), params.quantize.io)
    return TFLiteModel(content).logits


class LightGBM:
    """Tuned LightGBM: shape of the trees, and how much they are held back."""

    name = "LightGBM"
    grid = (("num_leaves", (7, 15, 31, 63)), ("lambda_l2", (1.0, 20.0)), ("feature_fraction", (0.3, 0.7)))
    _fixed: ClassVar[Choice] = {
        "objective": "binary",
        "learning_rate": 0.03,
        "min_data_in_leaf": 50,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "cat_smooth": 50.0,
        "cat_l2": 20.0,
        "max_cat_threshold": 16,
        "num_threads": THREADS,
        "deterministic": True,
        "force_row_wise": True,
        "verbose": -1,
    }

    def select(self, data: "Matrices", choice: Choice, seed: int) -> tuple[int, float]:
        """Best round and its validation loss."""
        train = lgb.Dataset(data.train, data.train_outcome, categorical_feature=data.categories)
        held_out = train.create_valid(data.validation, data.validation_outcome)
        model = lgb.train(
            self._fixed | choice | {"seed": seed},
            train,
            MAX_ROUNDS,
            valid_sets=[held_out],
            callbacks=[lgb.early_stopping(PATIENCE, verbose=False)],
        )
        return model.best_iteration, float(model.best_score["valid_0"]["binary_logloss"])

    def fit(self, data: "Matrices", choice: Choice, rounds: int, seed: int) -> Callable[[NDArray], Logits]:
        """Fit train and validation together."""
        both = lgb.Dataset(*data.both, categorical_feature=data.categories)
        model = lgb.train(self._fixed | choice | {"seed": seed}, both, rounds)
        return lambda rows: np.asarray(model.predict(rows, raw_score=True))


class CatBoost:
    """Tuned CatBoost, which encodes categories by ordered target statistics of its own."""

    name = "CatBoost"
    grid = (("depth", (4, 6, 8)), ("l2_leaf_reg", (3.0, 20.0)))

    def _model(self, choice: Choice, rounds: int, seed: int) -> CatBoostClassifier:
        return CatBoostClassifier(
            iterations=rounds,
            learning_rate=0.06,
            random_seed=seed,
            thread_count=THREADS,
            verbose=False,
            allow_writing_files=False,
            **choice,
        )

    def select(self, data: "Matrices", choice: Choice, seed: int) -> tuple[int, float]:
        """Best round and its validation loss."""
        model = self._model(choice, MAX_ROUNDS // 2, seed)
        held_out = _pool(data.validation, data.validation_outcome, data.categories)
        model.fit(
            _pool(data.train, data.train_outcome, data.categories),
            eval_set=held_out,
            early_stopping_rounds=PATIENCE // 2,
        )
        return model.get_best_iteration() + 1, float(model.get_best_score()["validation"]["Logloss"])

    def fit(self, data: "Matrices", choice: Choice, rounds: int, seed: int) -> Callable[[NDArray], Logits]:
        """Fit train and validation together."""
        model = self._model(choice, rounds, seed)
        model.fit(_pool(*data.both, data.categories))
        pooled = lambda rows: _pool(rows, None, data.categories)  # noqa: E731
        return lambda rows: np.asarray(model.predict(pooled(rows), prediction_type="RawFormulaVal"))


def _pool(rows: NDArray, outcome: NDArray | None, categories: list[int]) -> Pool:
    """CatBoost wants categories as whole numbers."""
    table = rows.astype(object)
    table[:, categories] = rows[:, categories].astype(np.int64)
    return Pool(table, outcome, cat_features=categories)


class XGBoost:
    """Tuned XGBoost, with its own categorical splits."""

    name = "XGBoost"
    grid = (("max_depth", (4, 6, 8)), ("reg_lambda", (3.0, 20.0)))

    def _options(self, choice: Choice, seed: int) -> Choice:
        return {
            "objective": "binary:logistic",
            "tree_method": "hist",
            "learning_rate": 0.05,
            "min_child_weight": 5,
            "subsample": 0.8,
            "colsample_bytree": 0.4,
            "max_cat_to_onehot": 8,
            "max_cat_threshold": 16,
            "nthread": THREADS,
            "seed": seed,
        } | choice

    def _matrix(self, rows: NDArray, categories: list[int], outcome: NDArray | None = None) -> xgb.DMatrix:
        types = ["c" if column in categories else "q" for column in range(rows.shape[1])]
        return xgb.DMatrix(rows, outcome, feature_types=types, enable_categorical=True)

    def select(self, data: "Matrices", choice: Choice, seed: int) -> tuple[int, float]:
        """Best round and its validation loss."""
        held_out = self._matrix(data.validation, data.categories, data.validation_outcome)
        model = xgb.train(
            self._options(choice, seed),
            self._matrix(data.train, data.categories, data.train_outcome),
            MAX_ROUNDS,
            evals=[(held_out, "validation")],
            early_stopping_rounds=PATIENCE,
            verbose_eval=False,
        )
        return model.best_iteration + 1, float(model.best_score)

    def fit(self, data: "Matrices", choice: Choice, rounds: int, seed: int) -> Callable[[NDArray], Logits]:
        """Fit train and validation together."""
        both, outcome = data.both
        model = xgb.train(self._options(choice, seed), self._matrix(both, data.categories, outcome), rounds)
        return lambda rows: np.asarray(model.predict(self._matrix(rows, data.categories), output_margin=True))


Boosting = LightGBM | CatBoost | XGBoost


class Matrices:
    """What trees read of a task."""

    def __init__(self, task: Task) -> None:
        self.design = TreeDesign(task.extractor)
        self.categories = list(range(len(self.design.columns)))
        self.train, self.validation = (
            self.design.matrix(task.rows[name].inputs) for name in ("train", "validation")
        )
        self.train_outcome, self.validation_outcome = (
            task.rows[name].outcome for name in ("train", "validation")
        )

    @property
    def both(self) -> tuple[NDArray, NDArray]:
        """Train and validation together."""
        rows = np.concatenate((self.train, self.validation))
        return rows, np.concatenate((self.train_outcome, self.validation_outcome))


def tune(kind: Boosting, task: Task, seed: int) -> Iterator[tuple[Choice, int, float]]:
    """Every choice of the grid with its best round and validation loss."""
    data = Matrices(task)
    names, values = zip(*kind.grid, strict=True)
    for combination in itertools.product(*values):
        choice = dict(zip(names, combination, strict=True))
        yield choice, *kind.select(data, choice, seed)


def boosted(kind: Boosting) -> Callable[[Task, Params, int, Choice], dict[str, Scores]]:
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
