"""Whether a variant decides like float32: bounds on what it loses, overall and in every slice.

A loss is small only if its upper 95 % bound is: a point estimate on few claims proves nothing. All slices
have to pass, so theirs are tested together: Holm's procedure keeps the chance of passing any slice that
loses more than its limit under 5 %.

Sources: paired Poisson bootstrap as in `claims.model.resampling`; Clopper and Pearson (1934),
doi:10.1093/biomet/26.4.404; Holm (1979), doi:10.2307/4615733.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from claims.columns.anomaly_labels import Anomalies
from claims.columns.batch import Categories
from claims.config import REFERENCE, Judge, Limits
from claims.model.logits import Decision, Decisions, Outcome, Scores
from claims.model.measure import rows_by_value
from claims.model.resampling import (
    Weights,
    calibration_error_weighted,
    draw_weights,
    rank_weighted,
    recall_weighted,
)

ALPHA = 0.05
_DIGITS = 6
_RANKING = ("average_precision", "recall")  # cannot be told without both outcomes
_SHARES = ("flips", "swaps")  # of decisions
_LOST = {"average_precision": 1, "recall": 1, "calibration_error": -1}  # 1: less of it is a loss
_FINAL = (Decision.APPROVED.value, Decision.REJECTED.value)


@dataclass(frozen=True)
class Answers:
    """What one variant says of the calibration claims.

    Attributes
    ----------
    scores
        float64 [n], calibrated by its own calibration.
    decisions
        str [n], by its own thresholds.
    """

    scores: Scores
    decisions: Decisions

    def take(self, rows: NDArray[np.int64]) -> Self:
        """Those claims."""
        return type(self)(self.scores[rows], self.decisions[rows])


class Bound(NamedTuple):
    """One loss: its value, upper 95 % bound and limit, and the chance of it if the limit were reached."""

    value: float
    upper: float
    limit: float
    p: float

    def verdict(self, level: float = ALPHA) -> dict[str, Any]:
        """As the metrics file states it."""
        numbers = {name: round(getattr(self, name), _DIGITS) for name in ("value", "upper", "limit")}
        return {**numbers, "passes": bool(self.p <= level)}


Bounds = dict[str, Bound]
Place = tuple[str, str]  # a slice and its value


def judge_variants(
    answers: dict[str, Answers],
    outcome: Outcome,
    slices: dict[str, Categories],
    settings: Judge,
    budget: float,
    seed: int,
) -> dict[str, dict[str, Any]]:
    """All bounds of all variants against float32, on the same resamples.

    Parameters
    ----------
    answers
        Of every variant and of float32 itself, on the same n calibration claims.
    outcome
        float32 [n], 1 approved and 0 rejected.
    slices
        The value of each claim, by slice.
    settings
        Limits, and the rows below which a slice cannot be judged.
    budget
        Share of claims that people can review.
    seed
        Of the resamples.

    Returns
    -------
    By variant: ``overall`` and ``slices`` with value, bound, limit and verdict of every loss, ``too_small``
    with the rows of slices that were not judged, and ``refusals``, a sentence for each limit that does not
    hold.
    """
    parts, too_small = judged_slices(slices, settings)
    overall = measure_bounds(answers, outcome, settings.overall, budget, seed)
    found = {
        place: _of_slice(rows, answers, outcome, settings, budget, seed) for place, rows in parts.items()
    }
    return {
        name: _verdicts(overall[name], {p: (len(parts[p]), b[name]) for p, b in found.items()}, too_small)
        for name in answers
    }


def _verdicts(
    overall: Bounds, slices: dict[Place, tuple[int, Bounds]], too_small: dict[str, dict[str, int]]
) -> dict[str, Any]:
    """What `judge_variants` says of one variant."""
    levels = holm({(*place, loss): b.p for place, (_, found) in slices.items() for loss, b in found.items()})
    judged: dict[str, dict[str, Any]] = {name: {} for name in too_small}
    for (name, value), (rows, found) in slices.items():
        each = {loss: bound.verdict(levels[name, value, loss]) for loss, bound in found.items()}
        judged[name][value] = {"rows": rows, **each}
    stated = {loss: bound.verdict() for loss, bound in overall.items()}
    refusals = [*refusals_of("overall", stated), *_slice_refusals(judged)]
    return {"overall": stated, "slices": judged, "too_small": too_small, "refusals": refusals}


def measure_bounds(
    answers: dict[str, Answers], outcome: Outcome, limits: Limits, budget: float, seed: int
) -> dict[str, Bounds]:
    """Losses of each variant on one group of claims; of ranking only where both outcomes are there."""
    names = [name for name in _LOST if name not in _RANKING or 0 < outcome.mean() < 1]
    all_once = [np.ones((1, len(outcome)), dtype=np.float32)]
    whole = _losses(answers, outcome, budget, all_once)
    drawn = _losses(answers, outcome, budget, draw_weights(len(outcome), seed))
    found: dict[str, Bounds] = {}
    for name, mine in answers.items():
        bounds = {
            loss: _bound(float(whole[name][loss][0]), drawn[name][loss], getattr(limits, loss))
            for loss in names
        }
        found[name] = bounds | _bound_decisions(mine.decisions, answers[REFERENCE].decisions, limits)
    return found


def _bound_decisions(after: Decisions, before: Decisions, limits: Limits) -> Bounds:
    """Of decisions that differ at all, and of those that turned into their opposite."""
    flipped = before != after
    swapped = flipped & np.isin(before, _FINAL) & np.isin(after, _FINAL)
    return {
        "flips": bound_share(int(flipped.sum()), len(before), limits.flips),
        "swaps": bound_share(int(swapped.sum()), len(before), limits.swaps),
    }


def bound_anomaly(mine: Scores, reference: Scores, anomaly: Anomalies, limit: float, seed: int) -> Bound:
    """Loss in average precision of the second output, on the claims where the anomaly is known.

    Parameters
    ----------
    mine, reference
        float64 [n], the variant's scores and float32's.
    anomaly
        float32 [n], 1 found, 0 clean, NaN not known.
    limit
        The most that may be lost.
    seed
        Of the resamples.
    """
    known = np.isfinite(anomaly)
    both, labels = [part[known] for part in (reference, mine)], anomaly[known]

    def loss(weights: Weights) -> NDArray[np.float64]:
        before, after = (rank_weighted(part, labels, weights).average_precision for part in both)
        return before - after

    drawn = np.concatenate([loss(weights) for weights in draw_weights(len(labels), seed)])
    return _bound(float(loss(np.ones((1, len(labels)), dtype=np.float32))[0]), drawn, limit)


def bound_share(hits: int, size: int, limit: float) -> Bound:
    """A share with the one-sided exact bound of Clopper and Pearson: 0 of 200 may still be 1.5 %."""
    upper = float(stats.beta.ppf(1 - ALPHA, hits + 1, size - hits)) if hits < size else 1.0
    return Bound(hits / size, upper, limit, float(stats.binom.cdf(hits, size, limit)))


def holm(chances: dict[Any, float]) -> dict[Any, float]:
    """The level that each chance has to stay under, by Holm's step-down procedure.

    After the first that does not, none passes: its level is then −1.
    """
    levels, failed = {}, False
    for place, key in enumerate(sorted(chances, key=lambda key: chances[key])):
        level = ALPHA / (len(chances) - place)
        failed = failed or chances[key] > level
        levels[key] = -1.0 if failed else level
    return levels


def _bound(value: float, drawn: NDArray[np.float64], limit: float) -> Bound:
    """By the bootstrap's standard error: quantiles of so few draws cannot tell the small levels of Holm's."""
    error = max(float(np.nanstd(drawn, ddof=1)), np.finfo(np.float64).tiny)
    upper = value + float(stats.norm.ppf(1 - ALPHA)) * error
    return Bound(value, upper, limit, float(stats.norm.sf((limit - value) / error)))


def _losses(
    answers: dict[str, Answers], outcome: Outcome, budget: float, weights: Iterable[Weights]
) -> dict[str, dict[str, NDArray[np.float64]]]:
    """Of each variant each loss in each resample: float64 [resamples]."""
    parts: dict[str, list[NDArray[np.float64]]] = {name: [] for name in answers}
    for each in weights:
        reference = _measured(answers[REFERENCE].scores, outcome, each, budget)
        for name, mine in answers.items():
            same = mine is answers[REFERENCE]
            parts[name].append(
                reference - (reference if same else _measured(mine.scores, outcome, each, budget))
            )
    stacked = {name: np.concatenate(some, axis=1) for name, some in parts.items()}
    return {
        name: {loss: sign * rows[place] for place, (loss, sign) in enumerate(_LOST.items())}
        for name, rows in stacked.items()
    }


def _measured(scores: Scores, outcome: Outcome, weights: Weights, budget: float) -> NDArray[np.float64]:
    """The metrics of `_LOST` in their order: [metrics, resamples]."""
    return np.stack(
        (
            rank_weighted(scores, outcome, weights).average_precision,
            recall_weighted(scores, outcome, weights, budget),
            calibration_error_weighted(scores, outcome, weights),
        )
    )


def judged_slices(
    slices: dict[str, Categories], settings: Judge
) -> tuple[dict[Place, NDArray[np.int64]], dict[str, dict[str, int]]]:
    """Rows of each value that is large enough, and how many the others have."""
    large: dict[Place, NDArray[np.int64]] = {}
    small: dict[str, dict[str, int]] = {name: {} for name in slices}
    for name, column in slices.items():
        for value, rows in sorted(rows_by_value(column).items()):
            if len(rows) >= settings.min_rows:
                large[name, value] = rows
            else:
                small[name][value] = len(rows)
    return large, small


def _of_slice(
    rows: NDArray[np.int64],
    answers: dict[str, Answers],
    outcome: Outcome,
    settings: Judge,
    budget: float,
    seed: int,
) -> dict[str, Bounds]:
    """Bounds of one slice; of ranking only where each outcome has claims enough."""
    part = outcome[rows]
    taken = {name: mine.take(rows) for name, mine in answers.items()}
    found = measure_bounds(taken, part, settings.slices, budget, seed)
    if min(part.sum(), len(part) - part.sum()) >= settings.min_class:
        return found
    return {
        name: {loss: bound for loss, bound in bounds.items() if loss not in _RANKING}
        for name, bounds in found.items()
    }


def refusals_of(where: str, stated: dict[str, Any]) -> list[str]:
    """A sentence for each limit that does not hold."""
    return [
        f"{where}: {loss.replace('_', ' ')} {found['value']:.4f} (bound {found['upper']:.4f}, "
        f"limit {found['limit']:g}{_unproved(loss, found)})"
        for loss, found in stated.items()
        if isinstance(found, dict) and not found["passes"]
    ]


def _unproved(loss: str, found: dict[str, Any]) -> str:
    """Where no decision differs, the claims are too few: how many it takes."""
    if loss not in _SHARES or found["value"] or not found["limit"]:
        return ""
    return f", which takes {math.ceil(math.log(ALPHA) / math.log1p(-found['limit'])):,} claims to prove"


def _slice_refusals(judged: dict[str, dict[str, Any]]) -> list[str]:
    return [
        refusal
        for name, values in judged.items()
        for value, stated in values.items()
        for refusal in refusals_of(f"{name} {value}", stated)
    ]
