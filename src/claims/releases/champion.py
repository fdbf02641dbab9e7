"""A challenger beside the champion, on claims of which neither has learned.

Both read the challenger's test claims as they were extracted, each through its own packed contract and
encoder. A challenger is worse if, beyond doubt, it may lose more than the margin: the lower 95 % bound of
the difference counts, over resamples that both share.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from claims.base.errors import ReleaseError
from claims.config.params import Release
from claims.data.batch import DAY_ZERO, Numbers
from claims.decisions.logits import Outcome, Scores
from claims.evaluation.bootstrap import Floats, Ranking, draw_weights, rank_weighted
from claims.model.record import Record
from claims.results.champion import ContestMetrics, MetricDifference

ALPHA = 0.05


@dataclass(frozen=True)
class Contest:
    """Test claims, scored by champion and challenger.

    Attributes
    ----------
    champion, challenger
        float64 [n], calibrated scores.
    outcome
        float32 [n], 1 approved and 0 rejected.
    """

    champion: Scores
    challenger: Scores
    outcome: Outcome


def unseen(days: Numbers, champion: Record) -> NDArray[np.int64]:
    """Return the row numbers of the claims that came after all that the champion was fitted on."""
    last = max(
        _day(champion.data.windows[name].last_event) for name in ("train", "validation", "calibration")
    )
    return np.flatnonzero(days > last)


def _day(text: str) -> float:
    return float((np.datetime64(text) - np.datetime64(DAY_ZERO)).astype("timedelta64[D]").astype(int))


def compare(contest: Contest, limits: Release, seed: int) -> ContestMetrics:
    """Measure what the challenger gains over the champion in ROC-AUC and average precision.

    Raises
    ------
    ReleaseError
        Where there are too few claims to tell.
    """
    approved = int(contest.outcome.sum())
    rejected = len(contest.outcome) - approved
    if min(approved, rejected) < limits.min_class:
        problem = f"{approved} approved and {rejected} rejected test claims that it never saw"
        remedy = f"Wait for {limits.min_class} of each (release.min_class), or override with a reason."
        raise ReleaseError("the champion", problem, remedy)
    champion, challenger = contest.champion, contest.challenger
    whole = np.ones((1, len(contest.outcome)), dtype=np.float32)
    before, after = (rank_weighted(scores, contest.outcome, whole) for scores in (champion, challenger))
    drawn = [_difference(contest, weights) for weights in draw_weights(len(contest.outcome), seed)]
    auc = np.concatenate([part.roc_auc for part in drawn])
    precision = np.concatenate([part.average_precision for part in drawn])
    return ContestMetrics(
        rows=len(contest.outcome),
        margin=limits.margin,
        roc_auc=_state(before.roc_auc, after.roc_auc, auc, limits.margin),
        average_precision=_state(before.average_precision, after.average_precision, precision, limits.margin),
    )


def _difference(contest: Contest, weights: NDArray[np.float32]) -> Ranking:
    before, after = (
        rank_weighted(scores, contest.outcome, weights) for scores in (contest.champion, contest.challenger)
    )
    return Ranking(after.roc_auc - before.roc_auc, after.average_precision - before.average_precision)


def _state(champion: Floats, challenger: Floats, differences: Floats, margin: float) -> MetricDifference:
    """State a metric, float64 [1] of each, and its difference in each resample."""
    before, after = float(champion[0]), float(challenger[0])
    low = float(np.nanquantile(differences, ALPHA))
    return MetricDifference(
        champion=before, challenger=after, difference=after - before, low=low, passes=low >= -margin
    )


def check_not_worse(compared: ContestMetrics, champion: str) -> None:
    """Refuse a challenger that may be worse than the margin allows.

    Raises
    ------
    ReleaseError
        Names metric, values, bound and margin.
    """
    metrics = {"roc auc": compared.roc_auc, "average precision": compared.average_precision}
    for name, metric in metrics.items():
        if not metric.passes:
            problem = (
                f"{name} {metric.challenger:.4f} against {metric.champion:.4f}; the "
                f"difference may be {metric.low:+.4f} (margin {-compared.margin:+.4f})"
            )
            remedy = "Release a better model, or override with a reason: --override."
            raise ReleaseError(f"worse than {champion}", problem, remedy)
