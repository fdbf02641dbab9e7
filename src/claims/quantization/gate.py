"""Whether a variant decides like float32: what it loses, bounded, overall and in every slice.

All slices have to pass, so theirs are bounded together (`claims.evaluation.bounds.holm`).
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from claims.base.errors import GateError
from claims.config.params import REFERENCE, Judge, Params, Policy
from claims.data.batch import Categories
from claims.decisions.logits import Outcome
from claims.decisions.scored_claims import ScoredClaims
from claims.evaluation.bounds import bound_loss, holm, state
from claims.evaluation.metrics import rows_by_value
from claims.features.matrices import Labelled
from claims.quantization.losses import LossesByName, VariantDecisions, measure_anomaly_loss, measure_losses
from claims.quantization.variants import Variant
from claims.results.decisions import OutcomeCounts
from claims.results.judge import Verdict
from claims.results.losses import BoundedLoss, Losses, SliceLosses

_RANKING = ("average_precision", "recall")  # cannot be told without both outcomes
Place = tuple[str, str]  # a slice and its value
Slices = dict[Place, NDArray[np.int64]]  # row numbers


def gate_variants(solved: Mapping[str, Variant], rows: Labelled, params: Params) -> dict[str, Verdict]:
    """Give the verdict on each variant, its anomaly head included, on calibration claims."""
    decided = {
        name: VariantDecisions.of(variant.calibration, variant.rules.policy)
        for name, variant in solved.items()
    }
    anomaly = {
        name: _bound_anomaly(variant, solved[REFERENCE], "calibration", params)
        for name, variant in solved.items()
    }
    budget = _review_budget(solved[REFERENCE].calibration, params.policy)
    return give_verdicts(decided, rows.outcome, rows.slices, params.judge, budget, params.seed, anomaly)


def confirm(winner: str, solved: Mapping[str, Variant], rows: Labelled, params: Params) -> Losses:
    """Measure the winner's losses on test, looked at once: under the limits of all claims, or the run fails.

    Raises
    ------
    GateError
        Names the limits that do not hold.
    """
    decided = {
        name: VariantDecisions.of(solved[name].test, solved[name].rules.policy)
        for name in (REFERENCE, winner)
    }
    budget = _review_budget(solved[REFERENCE].test, params.policy)
    measured = measure_losses(decided, rows.outcome, params.judge.overall, budget, params.seed)[winner]
    anomaly = _bound_anomaly(solved[winner], solved[REFERENCE], "test", params)
    losses = _bounded(measured).model_copy(update={"anomaly_average_precision": anomaly})
    if refusals := losses.refusals("test"):
        problem = f"not confirmed, {'; '.join(refusals)}"
        raise GateError(winner, problem, "Ship another variant: judge.prefer.")
    return losses


def _review_budget(claims: ScoredClaims, policy: Policy) -> float:
    """Return the share of the claims that people have time for; all where that has no limit."""
    if policy.reviews_a_day is None:
        return 1.0
    return min(1.0, policy.reviews_a_day * claims.calendar_days / len(claims))


def _bound_anomaly(variant: Variant, reference: Variant, split: str, params: Params) -> BoundedLoss | None:
    """Bound the loss of the anomaly head; None where there is no such head."""
    if variant.anomaly is None or reference.anomaly is None:
        return None
    scores, before = (head.scores[split] for head in (variant.anomaly, reference.anomaly))
    limit, labels = params.judge.anomaly_average_precision, variant.anomaly.labels[split]
    loss = measure_anomaly_loss(scores, before, labels, limit, params.seed)
    return state(loss, bound_loss(loss))


def give_verdicts(
    variants: Mapping[str, VariantDecisions],
    outcome: Outcome,
    slices: Mapping[str, Categories],
    settings: Judge,
    budget: float,
    seed: int,
    anomaly: Mapping[str, BoundedLoss | None],
) -> dict[str, Verdict]:
    """Bound all losses of all variants against float32, on the same resamples.

    Parameters
    ----------
    variants
        Every variant and float32 itself, on the same n calibration claims.
    outcome
        float32 [n], 1 approved and 0 rejected.
    slices
        The value of each claim, by slice.
    settings
        Limits, and the rows below which nothing is said of a slice.
    budget
        Share of claims that people can review.
    seed
        Of the resamples.
    anomaly
        What the anomaly heads lose, where there are any.
    """
    large, too_small = _by_size(slices, settings)
    measured = measure_losses(variants, outcome, settings.overall, budget, seed)
    by_slice = {
        place: _measure_slice(rows, variants, outcome, settings, budget, seed)
        for place, rows in large.items()
    }
    unranked = _too_small_to_rank(large, outcome, settings)
    verdicts: dict[str, Verdict] = {}
    for name in variants:
        overall = _bounded(measured[name]).model_copy(update={"anomaly_average_precision": anomaly.get(name)})
        bounded = _bounded_together({place: losses[name] for place, losses in by_slice.items()}, large)
        verdicts[name] = Verdict(
            overall=overall,
            slices=bounded,
            refusals=[*overall.refusals("overall"), *_slice_refusals(bounded)],
            too_small=too_small,
            too_small_to_rank=unranked,
        )
    return verdicts


def _bounded(losses: LossesByName) -> Losses:
    return Losses(**{name: state(loss, bound_loss(loss)) for name, loss in losses.items()})


def _bounded_together(
    losses: Mapping[Place, LossesByName], rows: Slices
) -> dict[str, dict[str, SliceLosses]]:
    """Bound the losses of all slices, which all have to pass."""
    bounds = holm({(place, name): loss for place, lost in losses.items() for name, loss in lost.items()})
    bounded: dict[str, dict[str, SliceLosses]] = {}
    for place, lost in losses.items():
        stated = {name: state(loss, bounds[place, name]) for name, loss in lost.items()}
        bounded.setdefault(place[0], {})[place[1]] = SliceLosses(rows=len(rows[place]), **stated)
    return bounded


def _slice_refusals(slices: Mapping[str, Mapping[str, SliceLosses]]) -> list[str]:
    return [
        refusal
        for name, values in slices.items()
        for value, losses in values.items()
        for refusal in losses.refusals(f"{name} {value}")
    ]


def _by_size(slices: Mapping[str, Categories], settings: Judge) -> tuple[Slices, dict[str, dict[str, int]]]:
    """Return the rows of each value that is large enough, and how many the others have."""
    large: Slices = {}
    small: dict[str, dict[str, int]] = {name: {} for name in slices}
    for name, column in slices.items():
        for value, rows in sorted(rows_by_value(column).items()):
            if len(rows) >= settings.min_rows:
                large[name, value] = rows
            else:
                small[name][value] = len(rows)
    return large, small


def _too_small_to_rank(
    slices: Slices, outcome: Outcome, settings: Judge
) -> dict[str, dict[str, OutcomeCounts]]:
    """Count the outcomes of each slice that has too few of one for average precision and recall."""
    small: dict[str, dict[str, OutcomeCounts]] = {}
    for (name, value), rows in slices.items():
        if not _ranks(outcome[rows], settings):
            approved = int(outcome[rows].sum())
            counts = OutcomeCounts(approved=approved, rejected=len(rows) - approved)
            small.setdefault(name, {})[value] = counts
    return small


def _ranks(outcome: Outcome, settings: Judge) -> bool:
    """Tell whether there are claims enough of each outcome."""
    return bool(min(outcome.sum(), len(outcome) - outcome.sum()) >= settings.min_class)


def _measure_slice(
    rows: NDArray[np.int64],
    variants: Mapping[str, VariantDecisions],
    outcome: Outcome,
    settings: Judge,
    budget: float,
    seed: int,
) -> dict[str, LossesByName]:
    """Measure the losses in one slice; of ranking only where each outcome has claims enough."""
    inside = {name: variant.take(rows) for name, variant in variants.items()}
    measured = measure_losses(inside, outcome[rows], settings.slices, budget, seed)
    if _ranks(outcome[rows], settings):
        return measured
    return {
        variant: {name: loss for name, loss in losses.items() if name not in _RANKING}
        for variant, losses in measured.items()
    }
