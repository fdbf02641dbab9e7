"""Mean outcomes of categories: one table for claims to come, and out-of-fold values for training."""

from collections.abc import Iterable

import numpy as np
from sklearn.model_selection import BaseCrossValidator
from sklearn.preprocessing import TargetEncoder

from claims.data.batch import Categories, Ints, Numbers
from claims.features.fitted import TargetTable


def fit_means(
    found: Categories,
    outcome: Numbers,
    smoothing: float,
    folds: BaseCrossValidator | Iterable[tuple[Ints, Ints]],
) -> tuple[TargetTable, Numbers]:
    """Shrunken mean outcome of each category.

    Parameters
    ----------
    found
        n categories, none of them missing.
    outcome
        float64 [n].
    smoothing
        Rows at which a category's own mean weighs half.
    folds
        The n rows divided; a row's own value comes from the others.

    Returns
    -------
    The table over all rows, and the rows' own values: float64 [n].
    """
    if not len(found):
        return TargetTable(prior=0.0, means={}), np.empty(0)
    encoder = TargetEncoder(target_type="continuous", smooth=smoothing, cv=folds)
    own = encoder.fit_transform(found.texts().reshape(-1, 1), outcome)[:, 0]
    means = dict(zip(encoder.categories_[0].tolist(), encoder.encodings_[0].tolist(), strict=True))
    return TargetTable(prior=float(encoder.target_mean_), means=means), own
