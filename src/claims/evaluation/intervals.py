"""What chance alone would do to a metric: 95 % intervals, and the calibration error of a calibrated model."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from sklearn.metrics import average_precision_score

from claims.decisions.logits import Outcome, Scores
from claims.evaluation.bootstrap import rank_resampled
from claims.evaluation.metrics import equal_bins

LEVEL = 0.95
_Z = float(stats.norm.ppf((1 + LEVEL) / 2))
_DRAWS = 1000
_CELLS = 1 << 22  # random numbers held at once: 32 MB
_DIGITS = 6


class Estimate(NamedTuple):
    """A metric with its 95 % interval."""

    value: float
    low: float
    high: float

    def rounded(self) -> dict[str, float]:
        """As a metrics file states it."""
        return {name: round(float(part), _DIGITS) for name, part in self._asdict().items()}


def estimate_share(hits: int, size: int) -> Estimate:
    """A share, with the score interval.

    Source: Wilson (1927), doi:10.1080/01621459.1927.10502953.
    """
    found = stats.binomtest(hits, size).proportion_ci(LEVEL, method="wilson")
    return Estimate(hits / size, found.low, found.high)


def estimate_gap(one: Estimate, other: Estimate) -> Estimate:
    """The difference of two independent shares: Newcombe's hybrid of their score intervals.

    Source: Newcombe (1998), method 10, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I.
    """
    gap = one.value - other.value
    below = np.hypot(one.value - one.low, other.high - other.value)
    above = np.hypot(one.high - one.value, other.value - other.low)
    return Estimate(gap, float(gap - below), float(gap + above))


def estimate_mean(values: NDArray[np.float64]) -> Estimate:
    """A mean of n > 1 values, with the normal interval."""
    mean, margin = float(values.mean()), _Z * float(values.std(ddof=1)) / len(values) ** 0.5
    return Estimate(mean, mean - margin, mean + margin)


def estimate_auc(scores: Scores, outcome: Outcome) -> Estimate | None:
    """ROC-AUC with DeLong's interval, taken on the logit so that it stays inside (0, 1).

    None where only one outcome is there, or where every pair is in order and no variance can be found.
    Source: DeLong, DeLong and Clarke-Pearson (1988), doi:10.2307/2531595, by ranks after Sun and Xu (2014),
    doi:10.1109/LSP.2014.2337313.
    """
    approved = outcome == 1
    ones, zeros = int(approved.sum()), int((~approved).sum())
    if min(ones, zeros) < 2:
        return None
    ranks = stats.rankdata(scores)
    above = (
        ranks[approved] - stats.rankdata(scores[approved])
    ) / zeros  # of an approved claim: rejected below
    below = 1 - (ranks[~approved] - stats.rankdata(scores[~approved])) / ones
    auc, variance = float(above.mean()), above.var(ddof=1) / ones + below.var(ddof=1) / zeros
    if not 0 < auc < 1:
        return None
    logit, margin = np.log(auc / (1 - auc)), _Z * np.sqrt(variance) / (auc * (1 - auc))
    return Estimate(auc, *(float(1 / (1 + np.exp(-place))) for place in (logit - margin, logit + margin)))


def estimate_precision(scores: Scores, outcome: Outcome, seed: int) -> Estimate | None:
    """Average precision with the percentile interval of resampled claims; None where one outcome is there."""
    if outcome.min() == outcome.max():
        return None
    found = rank_resampled(scores, outcome, seed).average_precision
    low, high = np.nanquantile(found, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return Estimate(float(average_precision_score(outcome, scores)), float(low), float(high))


def calibration_band(scores: Scores, seed: int) -> float:
    """The calibration error that a perfectly calibrated model stays below in 95 % of cases.

    Bins of few claims stray by chance: outcomes are drawn from the scores themselves, 1000 times, so the
    band says how far at this size. It depends on the scores alone.

    Parameters
    ----------
    scores
        float64 [n].
    seed
        Of the draws.
    """
    bins = equal_bins(scores)
    ranked = scores[np.concatenate(bins)]
    starts = np.cumsum([0, *(len(part) for part in bins[:-1])])
    stated, draw = np.add.reduceat(ranked, starts), np.random.default_rng(seed)
    errors: list[NDArray[np.float64]] = []
    step = max(1, _CELLS // len(scores))
    for first in range(0, _DRAWS, step):
        drawn = draw.random((min(step, _DRAWS - first), len(scores))) < ranked
        realised = np.add.reduceat(drawn, starts, axis=1, dtype=np.float64)
        errors.append(np.abs(realised - stated).sum(axis=1) / len(scores))
    return float(np.quantile(np.concatenate(errors), LEVEL))
