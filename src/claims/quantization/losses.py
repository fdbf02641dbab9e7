"""What a variant loses against float32 on some claims: in ranking, in calibration and in decisions.

Source: paired Poisson bootstrap as in `claims.evaluation.bootstrap`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from claims.config.params import REFERENCE, Limits
from claims.data.anomaly_labels import Anomalies
from claims.decisions.logits import Decision, Decisions, Outcome, Scores
from claims.decisions.policy import DecisionPolicy
from claims.decisions.scored_claims import ScoredClaims
from claims.evaluation.bootstrap import (
    Floats,
    Weights,
    calibration_error_weighted,
    draw_weights,
    rank_weighted,
    recall_weighted,
)
from claims.evaluation.bounds import Loss, Resampled, Share

_FINAL = (Decision.APPROVED.value, Decision.REJECTED.value)
LossesByName = dict[str, Loss]  # as `claims.results.losses.Losses` names them
Resamples = dict[str, Floats]  # by loss: float64 [resamples]


@dataclass(frozen=True)
class VariantDecisions:
    """What one variant says of n claims.

    Attributes
    ----------
    scores
        float64 [n], calibrated by its own calibration.
    decisions
        str [n], by its own thresholds.
    """

    scores: Scores
    decisions: Decisions

    @classmethod
    def of(cls, claims: ScoredClaims, policy: DecisionPolicy) -> Self:
        """Decide claims by a variant's own policy."""
        return cls(claims.scores, claims.decided_by(policy))

    def take(self, rows: NDArray[np.int64]) -> Self:
        """Pick claims by their row numbers."""
        return type(self)(self.scores[rows], self.decisions[rows])


def measure_losses(
    variants: Mapping[str, VariantDecisions], outcome: Outcome, limits: Limits, budget: float, seed: int
) -> dict[str, LossesByName]:
    """Measure the losses of each variant on the same claims; float32 loses nothing against itself.

    Parameters
    ----------
    variants
        Of every variant and of float32 itself, on the same n claims.
    outcome
        float32 [n], 1 approved and 0 rejected; ranking is left out where there is one alone.
    limits
        Of each loss.
    budget
        Share of claims that people can review; where it is all or none, recall tells nothing and is left out.
    seed
        Of the resamples.
    """
    names = _names_of(outcome, budget)
    measured = _resample(variants, outcome, budget, [np.ones((1, len(outcome)), dtype=np.float32)])
    drawn = _resample(variants, outcome, budget, draw_weights(len(outcome), seed))
    losses: dict[str, LossesByName] = {}
    for variant, decided in variants.items():
        lost: LossesByName = {
            name: _resampled(float(measured[variant][name][0]), drawn[variant][name], getattr(limits, name))
            for name in names
        }
        lost |= _count_decisions(decided.decisions, variants[REFERENCE].decisions, limits)
        nothing: LossesByName = {name: Resampled(0.0, 0.0, loss.limit) for name, loss in lost.items()}
        losses[variant] = nothing if variant == REFERENCE else lost
    return losses


def _names_of(outcome: Outcome, budget: float) -> list[str]:
    """List the losses in metrics that these claims can tell."""
    both = 0 < outcome.mean() < 1
    told = {"average_precision": both, "recall": both and 0 < budget < 1, "calibration_error": True}
    return [name for name, tells in told.items() if tells]


def _count_decisions(after: Decisions, before: Decisions, limits: Limits) -> LossesByName:
    """Count decisions that differ at all, and those that turned into their opposite."""
    flipped = before != after
    swapped = flipped & np.isin(before, _FINAL) & np.isin(after, _FINAL)
    return {
        "flips": Share(int(flipped.sum()), len(before), limits.flips),
        "swaps": Share(int(swapped.sum()), len(before), limits.swaps),
    }


def measure_anomaly_loss(
    scores: Scores, reference: Scores, anomaly: Anomalies, limit: float, seed: int
) -> Resampled:
    """Measure the anomaly head's loss in average precision, on the claims where the anomaly is known.

    Parameters
    ----------
    scores, reference
        float64 [n], the variant's and float32's.
    anomaly
        float32 [n], 1 found, 0 clean, NaN not known.
    limit
        The most that may be lost.
    seed
        Of the resamples.
    """
    known = np.isfinite(anomaly)
    both, labels = [part[known] for part in (reference, scores)], anomaly[known]

    def loss(weights: Weights) -> Floats:
        before, after = (rank_weighted(part, labels, weights).average_precision for part in both)
        return before - after

    drawn = np.concatenate([loss(weights) for weights in draw_weights(len(labels), seed)])
    return _resampled(float(loss(np.ones((1, len(labels)), dtype=np.float32))[0]), drawn, limit)


def _resampled(value: float, drawn: Floats, limit: float) -> Resampled:
    return Resampled(value, float(np.nanstd(drawn, ddof=1)), limit)


def _resample(
    variants: Mapping[str, VariantDecisions], outcome: Outcome, budget: float, resamples: Iterable[Weights]
) -> dict[str, Resamples]:
    """Measure every loss of every variant in each resample."""
    parts: dict[str, list[Resamples]] = {name: [] for name in variants}
    for weights in resamples:
        reference = _measure(variants[REFERENCE].scores, outcome, weights, budget)
        for name, variant in variants.items():
            own = reference if name == REFERENCE else _measure(variant.scores, outcome, weights, budget)
            parts[name].append(_lost(reference, own))
    return {name: _joined(resampled) for name, resampled in parts.items()}


def _measure(scores: Scores, outcome: Outcome, weights: Weights, budget: float) -> Resamples:
    return {
        "average_precision": rank_weighted(scores, outcome, weights).average_precision,
        "recall": recall_weighted(scores, outcome, weights, budget),
        "calibration_error": calibration_error_weighted(scores, outcome, weights),
    }


def _lost(before: Resamples, after: Resamples) -> Resamples:
    """Take the difference that is a loss: less ranking, more error."""
    return {
        "average_precision": before["average_precision"] - after["average_precision"],
        "recall": before["recall"] - after["recall"],
        "calibration_error": after["calibration_error"] - before["calibration_error"],
    }


def _joined(parts: list[Resamples]) -> Resamples:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
