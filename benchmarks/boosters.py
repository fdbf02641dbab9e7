"""The best gradient boosting to compare with: three libraries, and the ladders on which each is tuned.

CatBoost and XGBoost are of the extra ``peers``, and imported where they are used.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Protocol

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from claims.decisions.logits import Logits
from claims.training.boosting import TreeDesign
from climbing import Choice, Ladders
from tasks import Task

if TYPE_CHECKING:  # the extra `peers`
    import xgboost as xgb
    from catboost import CatBoostClassifier, Pool

Rows = NDArray[np.float32]
Predict = Callable[[Rows], Logits]
THREADS = 2
MAX_ROUNDS, PATIENCE = 4000, 100


class Matrices:
    """What trees read of a task."""

    def __init__(self, task: Task) -> None:
        self.design = TreeDesign(task.extractor)
        self.categories = list(range(len(self.design.columns)))
        train, validation = task.rows["train"], task.rows["validation"]
        self.train, self.validation = (self.design.matrix(rows.inputs) for rows in (train, validation))
        self.train_outcome, self.validation_outcome = train.outcome, validation.outcome

    @property
    def both(self) -> tuple[Rows, NDArray[np.float32]]:
        """Train and validation together."""
        rows = np.concatenate((self.train, self.validation))
        return rows, np.concatenate((self.train_outcome, self.validation_outcome))


class Booster(Protocol):
    """One library."""

    name: str
    package: str
    ladders: ClassVar[Ladders]

    def select(self, data: Matrices, choice: Choice, seed: int) -> tuple[int, Predict]:
        """Rounds that validate best, and the model of so many."""

    def fit(self, data: Matrices, choice: Choice, rounds: int, seed: int) -> Predict:
        """Fit train and validation together."""


class LightGBM:
    """Shape of the trees, and how much they are held back."""

    name = "LightGBM"
    package = "lightgbm"
    ladders: ClassVar[Ladders] = {
        "num_leaves": (7, 15, 31, 63, 127),
        "lambda_l2": (0.1, 1.0, 5.0, 20.0, 100.0),
        "feature_fraction": (0.15, 0.3, 0.5, 0.7, 1.0),
    }
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

    def select(self, data: Matrices, choice: Choice, seed: int) -> tuple[int, Predict]:
        """Rounds that validate best, and the model of so many."""
        train = lgb.Dataset(data.train, data.train_outcome, categorical_feature=data.categories)
        held_out = train.create_valid(data.validation, data.validation_outcome)
        model = lgb.train(
            self._fixed | choice | {"seed": seed},
            train,
            MAX_ROUNDS,
            valid_sets=[held_out],
            callbacks=[lgb.early_stopping(PATIENCE, verbose=False)],
        )
        return model.best_iteration, lambda rows: np.asarray(model.predict(rows, raw_score=True))

    def fit(self, data: Matrices, choice: Choice, rounds: int, seed: int) -> Predict:
        """Fit train and validation together."""
        both = lgb.Dataset(*data.both, categorical_feature=data.categories)
        model = lgb.train(self._fixed | choice | {"seed": seed}, both, rounds)
        return lambda rows: np.asarray(model.predict(rows, raw_score=True))


class CatBoost:
    """Depth and shrinkage; it encodes categories by ordered target statistics of its own."""

    name = "CatBoost"
    package = "catboost"
    ladders: ClassVar[Ladders] = {"depth": (4, 5, 6, 8, 10), "l2_leaf_reg": (1.0, 3.0, 8.0, 20.0, 60.0)}

    def select(self, data: Matrices, choice: Choice, seed: int) -> tuple[int, Predict]:
        """Rounds that validate best, and the model of so many."""
        model = self._model(choice, MAX_ROUNDS // 2, seed)
        model.fit(
            _pool(data.train, data.train_outcome, data.categories),
            eval_set=_pool(data.validation, data.validation_outcome, data.categories),
            early_stopping_rounds=PATIENCE // 2,
        )
        return model.get_best_iteration() + 1, _raw(model, data.categories)

    def fit(self, data: Matrices, choice: Choice, rounds: int, seed: int) -> Predict:
        """Fit train and validation together."""
        model = self._model(choice, rounds, seed)
        model.fit(_pool(*data.both, data.categories))
        return _raw(model, data.categories)

    def _model(self, choice: Choice, rounds: int, seed: int) -> "CatBoostClassifier":
        from catboost import CatBoostClassifier

        return CatBoostClassifier(
            iterations=rounds,
            learning_rate=0.06,
            random_seed=seed,
            thread_count=THREADS,
            verbose=False,
            allow_writing_files=False,
            **choice,
        )


def _raw(model: "CatBoostClassifier", categories: list[int]) -> Predict:
    return lambda rows: np.asarray(
        model.predict(_pool(rows, None, categories), prediction_type="RawFormulaVal")
    )


def _pool(rows: Rows, outcome: NDArray[np.float32] | None, categories: list[int]) -> "Pool":
    """CatBoost wants categories as whole numbers."""
    from catboost import Pool

    table = rows.astype(object)
    table[:, categories] = rows[:, categories].astype(np.int64)
    return Pool(table, outcome, cat_features=categories)


class XGBoost:
    """Depth and shrinkage, with its own categorical splits."""

    name = "XGBoost"
    package = "xgboost"
    ladders: ClassVar[Ladders] = {
        "max_depth": (2, 3, 4, 6, 8, 10),
        "reg_lambda": (0.3, 1.0, 3.0, 8.0, 20.0, 60.0),
    }

    def select(self, data: Matrices, choice: Choice, seed: int) -> tuple[int, Predict]:
        """Rounds that validate best, and the model of so many."""
        import xgboost as xgb

        held_out = self._matrix(data.validation, data.categories, data.validation_outcome)
        model = xgb.train(
            self._options(choice, seed),
            self._matrix(data.train, data.categories, data.train_outcome),
            MAX_ROUNDS,
            evals=[(held_out, "validation")],
            early_stopping_rounds=PATIENCE,
            verbose_eval=False,
        )
        rounds = model.best_iteration + 1
        return rounds, lambda rows: np.asarray(
            model.predict(
                self._matrix(rows, data.categories), output_margin=True, iteration_range=(0, rounds)
            )
        )

    def fit(self, data: Matrices, choice: Choice, rounds: int, seed: int) -> Predict:
        """Fit train and validation together."""
        import xgboost as xgb

        both, outcome = data.both
        model = xgb.train(self._options(choice, seed), self._matrix(both, data.categories, outcome), rounds)
        return lambda rows: np.asarray(model.predict(self._matrix(rows, data.categories), output_margin=True))

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

    def _matrix(
        self, rows: Rows, categories: list[int], outcome: NDArray[np.float32] | None = None
    ) -> "xgb.DMatrix":
        import xgboost as xgb

        types = ["c" if column in categories else "q" for column in range(rows.shape[1])]
        return xgb.DMatrix(rows, outcome, feature_types=types, enable_categorical=True)


_LIBRARIES: tuple[Booster, ...] = (LightGBM(), CatBoost(), XGBoost())
BOOSTERS = {library.name: library for library in _LIBRARIES}
