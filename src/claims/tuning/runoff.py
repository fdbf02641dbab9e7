"""The run-off: the best trial and the start meet again, as long as a model is trained, under more seeds.

Values that lead after few epochs may lose after many. A seed alone may move a validation loss more than good
trials differ, and the best of many trials under one seed is partly the luckiest.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from statistics import fmean, stdev

from claims.base.rounding import rounded
from claims.config.space import Values
from claims.tuning.attempts import Attempts
from claims.tuning.trials import Trial

_FINALISTS = 2


def most_runs(seeds: int) -> int:
    """Return how many trials a run-off makes at most."""
    return _FINALISTS * seeds


def finalists(trials: Sequence[Trial]) -> list[Trial]:
    """Return the best trial of a search and its first, as far as they have results and other values."""
    finished = [(trial.result.log_loss, trial.number, trial) for trial in trials if trial.result]
    best = min(finished, default=(math.inf, 0, None))[-1]
    start = next((trial for *_, trial in finished if trial.number == 0), None)
    if best is None or start is None or best.values == start.values:
        return [trial for trial in (best,) if trial]
    return [best, start]


def run_off(trials: Sequence[Trial], seeds: int, max_epochs: int, attempts: Attempts) -> list[Trial]:
    """Run the finalists as long as a model is trained; a single finalist has won already.

    Parameters
    ----------
    trials
        Of the search, by number.
    seeds
        How many they meet under: the search's own and those that follow.
    max_epochs
        That a model has at most.
    attempts
        Runs a trial.

    Returns
    -------
    list of Trial
        The further trials, numbered on.
    """
    meeting = finalists(trials)
    if len(meeting) < _FINALISTS:
        return []
    known = {(_text(trial.values), trial.max_epochs, trial.seed) for trial in trials}
    rows = [(trial.values, max_epochs, trial.seed + more) for more in range(seeds) for trial in meeting]
    further = [row for row in rows if (_text(row[0]), *row[1:]) not in known]
    return [attempts.as_trial(number, *row) for number, row in enumerate(further, len(trials))]


Losses = dict[str, dict[int, float]]


def losses_that_met(trials: Sequence[Trial]) -> Losses:
    """Return the validation log-losses by seed of the values that met for longest, under the most seeds."""
    finished = [(trial, trial.result.log_loss) for trial in trials if trial.result]
    longest = max((trial.max_epochs for trial, _ in finished), default=0)
    losses: Losses = defaultdict(dict)
    for trial, loss in finished:
        if trial.max_epochs == longest:
            losses[_text(trial.values)][trial.seed] = loss
    most = max(map(len, losses.values()), default=0)
    return {values: by_seed for values, by_seed in losses.items() if len(by_seed) == most}


def mean_loss(losses: Losses, values: Values) -> float | None:
    """Return the mean over the seeds, if these values met."""
    return rounded(fmean(losses[_text(values)].values())) if _text(values) in losses else None


def winner_of(trials: Sequence[Trial]) -> Trial:
    """Return the trial whose values have the lowest mean log-loss, the earlier of equals.

    One trial must have a result.

    Of its trials, the first that met the others. The start keeps its place unless the best is ahead by more
    than a standard error of their difference under the same seeds: values do not change for a gain that
    other seeds would not show.

    Source: the one-standard-error rule of Breiman, Friedman, Olshen and Stone (1984), "Classification and
    regression trees".
    """
    losses, start = losses_that_met(trials), _text(trials[0].values)
    won = min(losses, key=lambda values: fmean(losses[values].values()))  # the earlier of equals
    if start in losses and not _is_ahead(losses[won], losses[start]):
        won = start
    meeting = [trial for trial in trials if trial.result and _text(trial.values) == won]
    return max(meeting, key=lambda trial: (trial.max_epochs, -trial.number))


def _text(values: Values) -> str:
    return str(sorted(values.items()))


def _is_ahead(best: dict[int, float], start: dict[int, float]) -> bool:
    gains = [start[seed] - loss for seed, loss in best.items()]
    error = stdev(gains) / math.sqrt(len(gains)) if len(gains) > 1 else 0.0
    return fmean(gains) > error
