"""Prediction sets of a calibrated score: which outcomes cannot be excluded. NumPy alone, for serving too."""

import math

import numpy as np
from numpy.typing import NDArray

from claims.base.strict import Strict
from claims.decisions.logits import Outcome, Scores


class PredictionSets(Strict):
    """The outcomes that a score leaves open: one, both or none.

    Attributes
    ----------
    coverage
        Nominal share of the claims of each outcome whose set holds it.
    approved_from
        The least score whose set holds *approved*.
    rejected_to
        The greatest score whose set holds *rejected*.
    attained_approved, attained_rejected
        The share of calibration claims of each outcome inside, a further claim counted with them: nominal
        where scores differ, a little more or less where many are equal.
    """

    coverage: float
    approved_from: float
    rejected_to: float
    attained_approved: float
    attained_rejected: float

    def holds_approved(self, scores: Scores) -> NDArray[np.bool_]:
        """Tell which sets hold *approved*: bool [n]."""
        return scores >= self.approved_from

    def holds_rejected(self, scores: Scores) -> NDArray[np.bool_]:
        """Tell which sets hold *rejected*: bool [n]."""
        return scores <= self.rejected_to

    def cover(self, scores: Scores, outcome: Outcome) -> NDArray[np.bool_]:
        """Tell which sets hold the outcome that came out: bool [n]."""
        return np.where(outcome == 1, self.holds_approved(scores), self.holds_rejected(scores))

    def sizes(self, scores: Scores) -> NDArray[np.int64]:
        """Count the outcomes in each set: int64 [n], 0 to 2; any size but 1 leaves the outcome open."""
        return self.holds_approved(scores).astype(np.int64) + self.holds_rejected(scores)


def fit_sets(scores: Scores, outcome: Outcome, coverage: float) -> PredictionSets:
    """Fit class-conditional (Mondrian) split conformal sets.

    For each outcome by itself: the score of a further claim is as likely to take any rank among those of n
    calibration claims, if it is exchangeable with them. So it is not beyond the k-th of them with a
    probability of at least k / (n + 1), where k = ⌈(n + 1) · ``coverage``⌉. Only ranks count: it does no harm
    that scores were calibrated on the same claims. Where claims change with time they are not exchangeable,
    and coverage has to be measured.

    A quantized score has some 250 steps, on which claims stand together; k then moves to the nearest end of
    a step, so that sets do not depend on which side of it one claim falls. k is then chosen after seeing the
    steps, so k / (n + 1) is what was attained and no strict guarantee: with a dozen steps or more the
    difference is lost in the noise of coverage itself.

    Source: Vovk, Gammerman and Shafer (2005), "Algorithmic learning in a random world",
    doi:10.1007/b106715, section 4.5; Vovk (2012), "Conditional validity of inductive conformal
    predictors", arXiv:1209.2673.

    Parameters
    ----------
    scores
        float64 [n], calibrated probability of approval.
    outcome
        float32 [n], 1 approved and 0 rejected.
    coverage
        Nominal, in (0, 1).
    """
    approved, rejected = np.sort(scores[outcome == 1])[::-1], np.sort(scores[outcome == 0])
    approved_from, attained_approved = _last_held(approved, coverage, otherwise=0.0)
    rejected_to, attained_rejected = _last_held(rejected, coverage, otherwise=1.0)
    return PredictionSets(
        coverage=coverage,
        approved_from=approved_from,
        rejected_to=rejected_to,
        attained_approved=attained_approved,
        attained_rejected=attained_rejected,
    )


def _last_held(ranked: Scores, coverage: float, otherwise: float) -> tuple[float, float]:
    """Find the strangest score that sets still hold, and the coverage that it attains.

    ``ranked`` is float64 [n], from the most usual score of an outcome to the strangest; ``otherwise`` holds
    every score, for claims that are too few to exclude any.
    """
    size = len(ranked)
    wanted = math.ceil(round((size + 1) * coverage, 9))  # 10 · .9 is 9, not a little more
    ends = np.append(np.flatnonzero(np.append(np.diff(ranked), 1) != 0) + 1, size + 1)
    rank = int(ends[::-1][np.argmin(np.abs(ends[::-1] - wanted))])
    return (float(ranked[rank - 1]) if rank <= size else otherwise), rank / (size + 1)
