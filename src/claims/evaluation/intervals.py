"""What chance alone would do to a metric: 95 % intervals, and the calibration error of a calibrated model."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from sklearn.metrics import average_precision_score

from claims.decisions.logits import Outcome, Scores
from claims.evaluation.bootstrap import rank_resampled
from claims.evaluation.metrics import equal_bins
from claims.results.estimates import Estimate

LEVEL = 0.95
_Z = float(stats.norm.ppf((1 + LEVEL) / 2))
_DRAWS = 1000
_CELLS = 1 << 22  # random numbers held at once: 32 MB


class ExactEstimate(NamedTuple):
    """A figure with its 95 % interval, all digits of them."""

    value: float
    low: float
    high: float

    def rounded(self) -> Estimate:
        """Return it as a metrics file states it."""
        return Estimate(value=self.value, low=self.low, high=self.high)


def estimate_share(hits: int, size: int) -> ExactEstimate:
    """Estimate a share, with the score interval.

    Source: Wilson (1927), doi:10.1080/01621459.1927.10502953.
    """
    interval = stats.binomtest(hits, size).proportion_ci(LEVEL, method="wilson")
    return ExactEstimate(hits / size, interval.low, interval.high)


def estimate_gap(share: ExactEstimate, other: ExactEstimate) -> ExactEstimate:
    """Estimate the difference of two independent shares: Newcombe's hybrid of their score intervals.

    Source: Newcombe (1998), method 10, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I.
    """
    gap = share.value - other.value
    below = np.hypot(share.value - share.low, other.high - other.value)
    above = np.hypot(share.high - share.value, other.value - other.low)
    return ExactEstimate(gap, float(gap - below), float(gap + above))


def estimate_mean(values: NDArray[np.float64]) -> ExactEstimate:
    """Estimate a mean of n > 1 values, with the normal interval."""
    mean, margin = float(values.mean()), _Z * float(values.std(ddof=1)) / len(values) ** 0.5
    return ExactEstimate(mean, mean - margin, mean + margin)


def estimate_auc(scores: Scores, outcome: Outcome) -> ExactEstimate | None:
    """Estimate the ROC-AUC with DeLong's interval, taken on the logit so that it stays inside (0, 1).

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
    return ExactEstimate(
        auc, *(float(1 / (1 + np.exp(-place))) for place in (logit - margin, logit + margin))
    )


def estimate_precision(scores: Scores, outcome: Outcome, seed: int) -> ExactEstimate | None:
    """Estimate average precision with the percentile interval of resampled claims.

    None where one outcome alone is there.
    """
    if outcome.min() == outcome.max():
        return None
    resampled = rank_resampled(scores, outcome, seed).average_precision
    low, high = np.nanquantile(resampled, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return ExactEstimate(float(average_precision_score(outcome, scores)), float(low), float(high))


def calibration_band(scores: Scores, seed: int) -> float:
    """Return the calibration error that a perfectly calibrated model stays below in 95 % of cases.

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
