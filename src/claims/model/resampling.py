"""Resamples of claims, and how well scores rank in each: paired, since models share the same resamples.

Source: the Poisson bootstrap, Hanley and MacGibbon (2006), doi:10.1016/j.cmpb.2006.04.006.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from claims.model.logits import Outcome, Scores

RESAMPLES = 1000
_CELLS = 1 << 21  # weights held at once: 8 MB
Weights = NDArray[np.float32]


class Ranking(NamedTuple):
    """How well scores rank: float64 [resamples] each."""

    roc_auc: NDArray[np.float64]
    average_precision: NDArray[np.float64]


def draw_weights(size: int, seed: int) -> Iterator[Weights]:
    """How often each of n claims is in each resample, some resamples at a time: float32 [some, n]."""
    draw, step = np.random.default_rng(seed), max(1, _CELLS // size)
    for first in range(0, RESAMPLES, step):
        yield draw.poisson(1.0, (min(step, RESAMPLES - first), size)).astype(np.float32)


def rank_resampled(scores: Scores, outcome: Outcome, seed: int) -> Ranking:
    """ROC-AUC and average precision of every resample; the same resamples for the same size and seed."""
    parts = [rank_weighted(scores, outcome, weights) for weights in draw_weights(len(scores), seed)]
    return Ranking(*(np.concatenate(values) for values in zip(*parts, strict=True)))


def rank_weighted(scores: Scores, outcome: Outcome, weights: Weights) -> Ranking:
    """ROC-AUC and average precision under each row of weights, by one sort for all.

    Parameters
    ----------
    scores
        float64 [n].
    outcome
        float32 [n], 1 approved and 0 rejected.
    weights
        float32 [resamples, n]; a resample without one of the outcomes gives NaN.
    """
    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))  # equal scores are one threshold
    weighted = weights[:, order]
    hits = np.cumsum(weighted * outcome[order], axis=1, dtype=np.float64)[:, ends]
    total = np.cumsum(weighted, axis=1, dtype=np.float64)[:, ends]
    before = np.pad(hits[:, :-1], ((0, 0), (1, 0)))
    gained, lost = hits - before, np.diff(total - hits, axis=1, prepend=0.0)
    approved, rejected = hits[:, -1], total[:, -1] - hits[:, -1]
    with np.errstate(invalid="ignore"):
        auc = (lost * (before + gained / 2)).sum(axis=1) / (approved * rejected)
        precision = (gained * hits / np.maximum(total, 1)).sum(axis=1) / approved
    return Ranking(auc, precision)
