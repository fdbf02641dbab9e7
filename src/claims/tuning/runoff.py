"""The run-off: the best trial and the start meet again under other seeds.

A seed alone may move a validation loss more than good trials differ, and the best of many trials under one
seed is partly the luckiest.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from statistics import fmean, stdev

from claims.tuning.attempts import Attempts
from claims.tuning.trials import Trial

_FINALISTS = 2


def most_runs(seeds: int) -> int:
    """Trials that a run-off makes at most."""
    return _FINALISTS * (seeds - 1)


def finalists(trials: Sequence[Trial]) -> list[Trial]:
    """The best trial of a search and its first, as far as they have results and other values."""
    finished = [(trial.result.log_loss, trial.number, trial) for trial in trials if trial.result]
    best = min(finished, default=(math.inf, 0, None))[-1]
    start = next((trial for *_, trial in finished if trial.number == 0), None)
    if best is None or start is None or best.values == start.values:
        return [trial for trial in (best,) if trial]
    return [best, start]


def run_off(trials: Sequence[Trial], seeds: int, attempts: Attempts) -> list[Trial]:
    """Run the finalists under the seeds that follow; a single finalist has won already.

    Parameters
    ----------
    trials
        Of the search, by number.
    seeds
        How many there are in all, with the search's own.
    attempts
        Runs a trial.

    Returns
    -------
    list of Trial
        The further trials, numbered on.
    """
    meeting = finalists(trials)
    if len(meeting) < 2:
        return []
    rows = [(trial, trial.seed + more) for more in range(1, seeds) for trial in meeting]
    return [
        attempts.as_trial(number, trial.values, trial.max_epochs, seed)
        for number, (trial, seed) in enumerate(rows, len(trials))
    ]


Losses = dict[int, dict[int, float]]


def losses_that_met(trials: Sequence[Trial]) -> Losses:
    """Validation log-loss by seed of the values that met under the most seeds, by first trial."""
    first: dict[str, int] = {}
    losses: Losses = defaultdict(dict)
    for trial in trials:
        if trial.result:
            number = first.setdefault(f"{trial.values} {trial.max_epochs}", trial.number)
            losses[number][trial.seed] = trial.result.log_loss
    most = max(map(len, losses.values()), default=0)
    return {number: found for number, found in losses.items() if len(found) == most}


def mean_loss(losses: Losses, number: int) -> float | None:
    """Mean over the seeds, if these values met."""
    return round(fmean(losses[number].values()), 6) if number in losses else None


def winner_of(trials: Sequence[Trial]) -> Trial:
    """The trial whose values have the lowest mean log-loss, the earlier of equals; one must have a result.

    The start keeps its place unless the best is ahead by more than a standard error of their difference
    under the same seeds: values do not change for a gain that other seeds would not show.

    Source: the one-standard-error rule of Breiman, Friedman, Olshen and Stone (1984), "Classification and
    regression trees".
    """
    losses = losses_that_met(trials)
    best = min(losses, key=lambda number: (mean_loss(losses, number), number))
    won = 0 if 0 in losses and not _is_ahead(losses[best], losses[0]) else best
    return next(trial for trial in trials if trial.number == won)


def _is_ahead(best: dict[int, float], start: dict[int, float]) -> bool:
    gains = [start[seed] - loss for seed, loss in best.items()]
    error = stdev(gains) / math.sqrt(len(gains)) if len(gains) > 1 else 0.0
    return fmean(gains) > error
