"""Boosted trees over the same matrices as the network: codes are categories.

Source: Ke et al. (2017), "LightGBM: A highly efficient gradient boosting decision tree", NeurIPS 30.
"""

from dataclasses import dataclass

import lightgbm
import numpy as np
from numpy.typing import NDArray

from claims.config import Boosting
from claims.features.extractor import Inputs
from claims.model.logits import Logits

_THREADS = 2  # fixed, since the order of a sum depends on it


@dataclass(frozen=True)
class Trees:
    """Fitted trees as LightGBM's text."""

    text: str

    def logits(self, inputs: Inputs) -> Logits:
        """Logits of n claims: float64 [n]."""
        booster = lightgbm.Booster(model_str=self.text)
        return np.asarray(booster.predict(_matrix(inputs), raw_score=True, num_threads=_THREADS))

    @property
    def leaves(self) -> int:
        """Leaves of all trees."""
        sizes = (line.partition("num_leaves=") for line in self.text.splitlines())
        return sum(int(size) for before, found, size in sizes if found and not before)


def fit_trees(rows: Inputs, outcome: NDArray[np.float32], settings: Boosting, seed: int) -> Trees:
    """Fit as many rounds as the settings say."""
    categories = list(range(rows.codes.shape[1]))
    data = lightgbm.Dataset(_matrix(rows), outcome, categorical_feature=categories, free_raw_data=False)
    given = {
        "objective": "binary",
        "learning_rate": settings.learning_rate,
        "num_leaves": settings.leaves,
        "min_data_in_leaf": settings.min_leaf,
        "feature_fraction": settings.feature_fraction,
        "bagging_fraction": settings.bagging_fraction,
        "bagging_freq": 1,
        "lambda_l2": settings.l2,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": _THREADS,
        "seed": seed,
        "verbosity": -1,
    }
    return Trees(lightgbm.train(given, data, num_boost_round=settings.rounds).model_to_string())


def _matrix(inputs: Inputs) -> NDArray[np.float64]:
    return np.hstack([inputs.codes.astype(np.float64), inputs.numbers.astype(np.float64)])
