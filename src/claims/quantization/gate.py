"""Whether a variant decides like float32: what it loses, bounded, overall and in every slice.

All slices have to pass, so theirs are judged together (`claims.evaluation.bounds.holm`).

Source: paired Poisson bootstrap as in `claims.evaluation.bootstrap`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from claims.config.params import REFERENCE, Judge, Limits
from claims.data.anomaly_labels import Anomalies
from claims.data.batch import Categories
from claims.decisions.logits import Decision, Decisions, Outcome, Scores
from claims.evaluation.bootstrap import (
    Weights,
    calibration_error_weighted,
    draw_weights,
    rank_weighted,
    recall_weighted,
)
from claims.evaluation.bounds import Loss, Resampled, Share, holm, judge_one, state
from claims.evaluation.metrics import rows_by_value

_RANKING = ("average_precision", "recall")  # cannot be told without both outcomes
_LOST = {"average_precision": 1, "recall": 1, "calibration_error": -1}  # 1: less of it is a loss
_FINAL = (Decision.APPROVED.value, Decision.REJECTED.value)
Losses = dict[str, Loss]
Place = tuple[str, str]  # a slice and its value


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
        Share of claims that people can review; where it is all or none, recall tells nothing and is left out.
    seed
        Of the resamples.

    Returns
    -------
    By variant: ``overall`` and ``slices`` with value, bound, limit and verdict of every loss; ``too_small``
    with the rows of slices that were not judged, ``too_small_to_rank`` with the outcomes of those judged
    without ranking; and ``refusals``, a sentence for each limit that does not hold.
    """
    parts, too_small = judged_slices(slices, settings)
    overall = measure_losses(answers, outcome, settings.overall, budget, seed)
    found = {
        place: _of_slice(rows, answers, outcome, settings, budget, seed) for place, rows in parts.items()
    }
    unranked = _too_small_to_rank(parts, outcome, settings)
    return {
        name: _verdicts(overall[name], {p: (len(parts[p]), losses[name]) for p, losses in found.items()})
        | {"too_small": too_small, "too_small_to_rank": unranked}
        for name in answers
    }


def _verdicts(overall: Losses, slices: dict[Place, tuple[int, Losses]]) -> dict[str, Any]:
    """What `judge_variants` says of one variant."""
    levels = holm(
        {(*place, name): loss for place, (_, found) in slices.items() for name, loss in found.items()}
    )
    judged: dict[str, dict[str, Any]] = {}
    for (name, value), (rows, found) in slices.items():
        each = {loss: state(one, levels[name, value, loss]) for loss, one in found.items()}
        judged.setdefault(name, {})[value] = {"rows": rows, **each}
    stated = {name: state(loss, judge_one(loss)) for name, loss in overall.items()}
    refusals = [*refusals_of("overall", stated), *_slice_refusals(judged)]
    return {"overall": stated, "slices": judged, "refusals": refusals}


def measure_losses(
    answers: dict[str, Answers], outcome: Outcome, limits: Limits, budget: float, seed: int
) -> dict[str, Losses]:
    """Losses of each variant on one group of claims; float32 loses nothing against itself."""
    names = [name for name in _LOST if name not in _RANKING or 0 < outcome.mean() < 1]
    names = [name for name in names if name != "recall" or 0 < budget < 1]
    all_once = [np.ones((1, len(outcome)), dtype=np.float32)]
    whole = _differences(answers, outcome, budget, all_once)
    drawn = _differences(answers, outcome, budget, draw_weights(len(outcome), seed))
    found: dict[str, Losses] = {}
    for name, mine in answers.items():
        losses: Losses = {
            loss: _resampled(float(whole[name][loss][0]), drawn[name][loss], getattr(limits, loss))
            for loss in names
        }
        losses |= _count_decisions(mine.decisions, answers[REFERENCE].decisions, limits)
        nothing: Losses = {loss: Resampled(0.0, 0.0, one.limit) for loss, one in losses.items()}
        found[name] = nothing if name == REFERENCE else losses
    return found


def _count_decisions(after: Decisions, before: Decisions, limits: Limits) -> Losses:
    """Of decisions that differ at all, and of those that turned into their opposite."""
    flipped = before != after
    swapped = flipped & np.isin(before, _FINAL) & np.isin(after, _FINAL)
    return {
        "flips": Share(int(flipped.sum()), len(before), limits.flips),
        "swaps": Share(int(swapped.sum()), len(before), limits.swaps),
    }


def measure_anomaly_loss(
    mine: Scores, reference: Scores, anomaly: Anomalies, limit: float, seed: int
) -> Resampled:
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
    return _resampled(float(loss(np.ones((1, len(labels)), dtype=np.float32))[0]), drawn, limit)


def _resampled(value: float, drawn: NDArray[np.float64], limit: float) -> Resampled:
    return Resampled(value, float(np.nanstd(drawn, ddof=1)), limit)


def _differences(
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


def _too_small_to_rank(
    parts: dict[Place, NDArray[np.int64]], outcome: Outcome, settings: Judge
) -> dict[str, dict[str, dict[str, int]]]:
    """Outcomes of each judged slice that has too few of one for average precision and recall."""
    small: dict[str, dict[str, dict[str, int]]] = {}
    for (name, value), rows in parts.items():
        if not _ranks(outcome[rows], settings):
            approved = int(outcome[rows].sum())
            small.setdefault(name, {})[value] = {"approved": approved, "rejected": len(rows) - approved}
    return small


def _ranks(outcome: Outcome, settings: Judge) -> bool:
    """Whether there are claims enough of each outcome."""
    return bool(min(outcome.sum(), len(outcome) - outcome.sum()) >= settings.min_class)


def _of_slice(
    rows: NDArray[np.int64],
    answers: dict[str, Answers],
    outcome: Outcome,
    settings: Judge,
    budget: float,
    seed: int,
) -> dict[str, Losses]:
    """Losses in one slice; of ranking only where each outcome has claims enough."""
    taken = {name: mine.take(rows) for name, mine in answers.items()}
    found = measure_losses(taken, outcome[rows], settings.slices, budget, seed)
    if _ranks(outcome[rows], settings):
        return found
    return {
        name: {loss: one for loss, one in losses.items() if loss not in _RANKING}
        for name, losses in found.items()
    }


def refusals_of(where: str, stated: dict[str, Any]) -> list[str]:
    """A sentence for each limit that does not hold; what another slice held back has none of its own."""
    return [
        f"{where}: {loss.replace('_', ' ')} {found['value']:.4f} (bound {found['upper']:.4f}, "
        f"limit {found['limit']:g}{_needed(found)})"
        for loss, found in stated.items()
        if isinstance(found, dict) and not found["passes"] and "held_back" not in found
    ]


def _needed(found: dict[str, Any]) -> str:
    return f", which takes {found['needs']:,} claims to prove" if "needs" in found else ""


def _slice_refusals(judged: dict[str, dict[str, Any]]) -> list[str]:
    return [
        refusal
        for name, values in judged.items()
        for value, stated in values.items()
        for refusal in refusals_of(f"{name} {value}", stated)
    ]
