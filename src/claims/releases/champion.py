"""A challenger beside the champion, on claims of which neither has learned.

Both read the challenger's test claims as they were extracted, each through its own packed contract and
encoder. A challenger is worse if, beyond doubt, it may lose more than the margin: the lower 95 % bound of
the difference counts, over resamples that both share.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claims.base.errors import ReleaseError
from claims.config.params import Release
from claims.data.batch import DAY_ZERO, Numbers
from claims.decisions.logits import Outcome, Scores
from claims.evaluation.bootstrap import Ranking, draw_weights, rank_weighted
from claims.model.record import Record

ALPHA = 0.05
_DIGITS = 6


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


def compare(contest: Contest, limits: Release, seed: int) -> dict[str, Any]:
    """Measure what the challenger gains over the champion in ROC-AUC and average precision.

    Returns
    -------
    ``rows``, ``margin``, and of each metric both values, the difference, its one-sided lower 95 % bound and
    whether that lies above −margin.

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
    resamples = [_difference(contest, weights) for weights in draw_weights(len(contest.outcome), seed)]
    unweighted = np.ones((1, len(contest.outcome)), dtype=np.float32)
    rankings = {
        name: rank_weighted(scores, contest.outcome, unweighted)
        for name, scores in (("champion", contest.champion), ("challenger", contest.challenger))
    }
    compared: dict[str, Any] = {"rows": len(contest.outcome), "margin": limits.margin}
    for place, metric in enumerate(Ranking._fields):
        differences = np.concatenate([resample[place] for resample in resamples])
        values = {name: float(ranking[place][0]) for name, ranking in rankings.items()}
        compared[metric] = _state(values, float(np.nanquantile(differences, ALPHA)), limits.margin)
    return compared


def _difference(contest: Contest, weights: NDArray[np.float32]) -> Ranking:
    challenger, champion = (
        rank_weighted(scores, contest.outcome, weights) for scores in (contest.challenger, contest.champion)
    )
    return Ranking(*(gained - lost for gained, lost in zip(challenger, champion, strict=True)))


def _state(both: dict[str, float], low: float, margin: float) -> dict[str, Any]:
    numbers = {**both, "difference": both["challenger"] - both["champion"], "low": low}
    stated: dict[str, Any] = {name: round(value, _DIGITS) for name, value in numbers.items()}
    return stated | {"passes": low >= -margin}


def check_not_worse(compared: dict[str, Any], champion: str) -> None:
    """Refuse a challenger that may be worse than the margin allows.

    Raises
    ------
    ReleaseError
        Names metric, values, bound and margin.
    """
    for metric in Ranking._fields:
        difference = compared[metric]
        if not difference["passes"]:
            problem = (
                f"{metric.replace('_', ' ')} {difference['challenger']:.4f} against "
                f"{difference['champion']:.4f}; the difference may be {difference['low']:+.4f} "
                f"(margin {-compared['margin']:+.4f})"
            )
            remedy = "Release a better model, or override with a reason: --override."
            raise ReleaseError(f"worse than {champion}", problem, remedy)
