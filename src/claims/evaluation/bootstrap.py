"""Resamples of claims, and how scores do in each: paired, since models share the same resamples.

Source: the Poisson bootstrap, Hanley and MacGibbon (2006), doi:10.1016/j.cmpb.2006.04.006.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from claims.decisions.logits import Outcome, Scores

RESAMPLES = 1000
_CELLS = 1 << 21  # weights held at once: 8 MB
_BINS = 10
Floats = NDArray[np.float64]
Weights = NDArray[np.float32]


class Ranking(NamedTuple):
    """How well scores rank: float64 [resamples] each."""

    roc_auc: Floats
    average_precision: Floats


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
    total = accumulate(scores[order], weights[:, order])
    hits = accumulate(scores[order], weights[:, order] * outcome[order])
    before = np.pad(hits[:, :-1], ((0, 0), (1, 0)))
    gained, lost = hits - before, np.diff(total - hits, axis=1, prepend=0.0)
    approved, rejected = hits[:, -1], total[:, -1] - hits[:, -1]
    with np.errstate(invalid="ignore"):
        auc = (lost * (before + gained / 2)).sum(axis=1) / (approved * rejected)
        precision = (gained * hits / np.maximum(total, 1)).sum(axis=1) / approved
    return Ranking(auc, precision)


def recall_weighted(scores: Scores, outcome: Outcome, weights: Weights, budget: float) -> Floats:
    """Share of the rejected claims that are among the lowest scores, under each row of weights.

    Equal scores at the edge of the budget count in part, as if drawn at random.

    Parameters
    ----------
    scores, outcome, weights
        As of `rank_weighted`.
    budget
        Share of all claims.
    """
    order = np.argsort(scores, kind="stable")
    total = accumulate(scores[order], weights[:, order])
    rejected = accumulate(scores[order], weights[:, order] * (1 - outcome[order]))
    with np.errstate(invalid="ignore"):
        return _at_share(rejected, total, budget) / rejected[:, -1]


def calibration_error_weighted(scores: Scores, outcome: Outcome, weights: Weights) -> Floats:
    """Mean distance of stated from realised share of approval over 10 bins of equal weight.

    Equal scores on both sides of a bin's edge count in part on each.
    """
    order = np.argsort(scores, kind="stable")
    total = accumulate(scores[order], weights[:, order])
    excess = accumulate(scores[order], weights[:, order] * (scores - outcome)[order])
    edges = [_at_share(excess, total, share) for share in np.linspace(0, 1, _BINS + 1)]
    return np.abs(np.diff(np.stack(edges, axis=1), axis=1)).sum(axis=1) / total[:, -1]


def accumulate(ranked: Scores, values: NDArray[np.floating]) -> Floats:
    """Running sums along ranked claims, at the last of each group of equal scores: [resamples, groups]."""
    ends = np.flatnonzero(np.append(np.diff(ranked) != 0, True))
    return np.cumsum(values, axis=1, dtype=np.float64)[:, ends]


def _at_share(sums: Floats, total: Floats, share: float) -> Floats:
    """Running sums where a share of the weight is reached, straight lines between groups: [resamples]."""
    target = share * total[:, -1]
    place = np.minimum((total < target[:, None]).sum(axis=1), total.shape[1] - 1)
    rows = np.arange(len(total))
    before = [np.where(place > 0, part[rows, place - 1], 0.0) for part in (sums, total)]
    width = np.maximum(total[rows, place] - before[1], np.finfo(np.float64).tiny)
    part = np.clip((target - before[1]) / width, 0.0, 1.0)
    return before[0] + part * (sums[rows, place] - before[0])
