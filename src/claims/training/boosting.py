"""Gradient-boosted trees on the network's own inputs: a family of models, and the teacher of the network.

Source: Ke et al. (2017), "LightGBM: a highly efficient gradient boosting decision tree".
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # threads that spin while they wait slow a busy machine

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from claims.config.params import Boosting
from claims.decisions.logits import Logits, Outcome
from claims.features.encoders.vocabulary import Vocabulary
from claims.features.extractor import FeatureExtractor, ModelInputs

# Rare codes are many in claims: categorical splits have to be worth more than the noise of a few rows.
_CATEGORICAL = {"cat_smooth": 50.0, "cat_l2": 20.0, "max_cat_threshold": 16}
_SAME_BYTES = {"deterministic": True, "force_row_wise": True, "num_threads": 2}


class TreeDesign:
    """What trees read of the model inputs: codes of true categories, and every number.

    A number's bin codes are left out: trees find their own bins.
    """

    def __init__(self, extractor: FeatureExtractor) -> None:
        names = extractor.code_names
        self.columns = [i for i, name in enumerate(names) if isinstance(extractor.encoders[name], Vocabulary)]
        self._offsets = np.array(extractor.offsets)[self.columns]

    def matrix(self, inputs: ModelInputs) -> NDArray[np.float32]:
        """Lay categories, then numbers side by side: float32 [n, categories + numbers]."""
        codes = inputs.codes[:, self.columns] - self._offsets
        return np.hstack([codes.astype(np.float32), inputs.numbers])


@dataclass(frozen=True)
class Trees:
    """One ensemble, or several whose logits are averaged."""

    design: TreeDesign
    members: tuple[lgb.Booster, ...]

    @property
    def rounds(self) -> int:
        """Trees of each member."""
        return self.members[0].num_trees()

    @property
    def leaves(self) -> int:
        """Leaves of all trees of all members."""
        return sum(tree["num_leaves"] for m in self.members for tree in m.dump_model()["tree_info"])

    def logits(self, inputs: ModelInputs) -> Logits:
        """Return the logits of n claims: float64 [n]."""
        matrix = self.design.matrix(inputs)
        return np.mean([np.asarray(m.predict(matrix, raw_score=True)) for m in self.members], axis=0)

    def save(self, folder: Path) -> None:
        """Write one LightGBM text file a member."""
        folder.mkdir(parents=True, exist_ok=True)
        for number, member in enumerate(self.members):
            member.save_model(folder / f"{number}.txt")

    @classmethod
    def load(cls, folder: Path, extractor: FeatureExtractor) -> Self:
        """Read what `save` wrote."""
        files = sorted(folder.glob("*.txt"), key=lambda file: int(file.stem))
        return cls(TreeDesign(extractor), tuple(lgb.Booster(model_file=file) for file in files))


def select_rounds(
    design: TreeDesign,
    settings: Boosting,
    seed: int,
    train: tuple[ModelInputs, Outcome],
    validation: tuple[ModelInputs, Outcome],
) -> tuple[Trees, list[float]]:
    """Boost until validation loss has not improved for ``settings.patience`` rounds.

    Returns
    -------
    The trees up to the best round, and the validation loss of every round.
    """
    data = _dataset(design, *train)
    held_out = data.create_valid(design.matrix(validation[0]), validation[1])
    course: dict[str, dict[str, list[float]]] = {}
    callbacks: list[Any] = [
        lgb.early_stopping(settings.patience, verbose=False),
        lgb.record_evaluation(course),
    ]
    booster = lgb.train(
        _options(settings, seed), data, settings.max_rounds, valid_sets=[held_out], callbacks=callbacks
    )
    best = lgb.Booster(model_str=booster.model_to_string(num_iteration=booster.best_iteration))
    return Trees(design, (best,)), course["valid_0"]["binary_logloss"]


def fit_trees(
    design: TreeDesign, settings: Boosting, seed: int, data: tuple[ModelInputs, Outcome], rounds: int
) -> Trees:
    """Boost a given number of rounds.

    Parameters
    ----------
    design
        Of the fitted feature path.
    settings
        The ``boosting`` section of params.yaml.
    seed
        Draws the rows and columns of each tree.
    data
        ModelInputs of n claims, and their outcomes: float32 [n].
    rounds
        Trees to grow.
    """
    return Trees(design, (lgb.train(_options(settings, seed), _dataset(design, *data), rounds),))


def average(trees: Sequence[Trees]) -> Trees:
    """Join the members of several ensembles into one."""
    return Trees(trees[0].design, tuple(member for ensemble in trees for member in ensemble.members))


def _dataset(design: TreeDesign, inputs: ModelInputs, outcome: Outcome) -> lgb.Dataset:
    return lgb.Dataset(design.matrix(inputs), outcome, categorical_feature=list(range(len(design.columns))))


def _options(settings: Boosting, seed: int) -> dict[str, Any]:
    return {
        "objective": "binary",
        "learning_rate": settings.learning_rate,
        "num_leaves": settings.leaves,
        "min_data_in_leaf": settings.min_leaf,
        "feature_fraction": settings.feature_fraction,
        "bagging_fraction": settings.bagging_fraction,
        "bagging_freq": 1,
        "lambda_l2": settings.l2,
        "seed": seed,
        "verbose": -1,
        **_CATEGORICAL,
        **_SAME_BYTES,
    }
