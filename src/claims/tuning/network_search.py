"""The search over the network: KerasTuner's Hyperband or Bayesian optimisation, in one process or in many.

KerasTuner proposes and ranks; a trial is run by `Attempts`. KerasTuner's own files are scratch: what it
reloads after an interruption lacks the Bayesian search's random state and may be half written, so a search
that is run again starts anew and finds finished trials answered.

Sources: Li et al. (2018), "Hyperband: A novel bandit-based approach to hyperparameter optimization", JMLR 18;
Snoek, Larochelle and Adams (2012), "Practical Bayesian optimization of machine learning algorithms".
"""

import shutil
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras_tuner  # imports tensorboard, which it does not declare
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

from claims.base.errors import ClaimsError
from claims.base.rounding import rounded
from claims.config.params import Tune
from claims.config.space import NetworkSpace, dimensions, start_of, values_of
from claims.tuning.attempts import Attempts
from claims.tuning.folder import TrialError
from claims.tuning.roles import is_worker, own_name
from claims.tuning.trials import Result, Trial

_OBJECTIVE = keras_tuner.Objective("log_loss", "min")
_FACTOR = 3  # Hyperband: of the trials of a round, this part goes on to as many times the epochs
_RANDOM_SHARE = 3  # Bayesian: one trial in so many is random before the first that is chosen


def search_network(tune: Tune, seed: int, attempts: Attempts, folder: Path) -> list[Trial]:
    """Search; a worker returns no trials, since the chief has them all.

    Parameters
    ----------
    tune
        Which search, how long, and the space.
    seed
        Of the proposals.
    attempts
        Runs a trial.
    folder
        Scratch for KerasTuner; removed at the end.
    """
    if tune.search == "bayesian":
        return _propose(_bayesian(tune, seed), (tune, seed), attempts, folder)
    proposed = _propose(_hyperband(tune, seed), (tune, seed), attempts, folder) if tune.trials > 1 else []
    return proposed if is_worker() else [_start(tune, seed, attempts), *proposed]


def _start(tune: Tune, seed: int, attempts: Attempts) -> Trial:
    """Run the start with all epochs, outside of Hyperband: there it would meet trials that had fewer."""
    space = tune.space.network
    return attempts.as_trial(0, values_of(space, start_of(space)), tune.max_epochs, seed)


def _propose(oracle: Any, given: tuple[Tune, int], attempts: Attempts, folder: Path) -> list[Trial]:
    """Run what an oracle proposes, until there are as many trials as wanted."""
    scratch = folder / f"keras_tuner-{own_name()}"
    try:
        tuner = _Tuner(oracle, attempts, given, directory=str(scratch), project_name="search", overwrite=True)
        with warnings.catch_warnings(), threadpool_limits(1, "blas"):  # its matrices are tiny
            warnings.simplefilter("ignore", ConvergenceWarning)  # of a Gaussian process on a few trials
            tuner.search()
    except keras_tuner.errors.FatalError as error:
        raise error.__cause__ or error from None
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return [] if is_worker() else [_trial(trial, *given) for trial in oracle.trials.values()]


class _Tuner(keras_tuner.Tuner):
    """Hands a trial to `Attempts`."""

    def __init__(self, oracle: Any, attempts: Attempts, given: tuple[Tune, int], **kwargs: Any) -> None:
        super().__init__(oracle, **kwargs)
        self._attempts, self._given = attempts, given

    def run_trial(self, trial: Any, *_: Any, **__: Any) -> dict[str, float]:
        """Return a trial's metrics as KerasTuner wants them."""
        asked = _trial(trial, *self._given)
        try:
            result = self._attempts.run(asked.number, asked.values, asked.max_epochs, asked.seed)
            return result.model_dump()
        except TrialError as error:
            raise keras_tuner.errors.FailedTrialError(str(error)) from error
        except (ClaimsError, OSError) as error:  # not the trial's fault: a full disk
            raise keras_tuner.errors.FatalError(str(error)) from error


def _trial(trial: Any, tune: Tune, seed: int) -> Trial:
    number = int(trial.trial_id) + (1 if tune.search == "hyperband" else 0)  # whose start is not proposed
    proposed = trial.hyperparameters.values
    metrics, result = trial.metrics, None
    if trial.status == "COMPLETED":
        # a worker sends numbers in single precision
        reached = {name: rounded(metrics.get_last_value(name)) for name in Result.model_fields}
        result = Result.model_validate(reached)
    epochs = proposed.get("tuner/epochs", tune.max_epochs)
    return Trial(number, values_of(tune.space.network, proposed), epochs, seed, result)


class _Bayesian(keras_tuner.oracles.BayesianOptimizationOracle):
    """Its first trial has the start values, from which it learns."""

    start: Mapping[str, float]

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Propose values."""
        proposal: dict[str, Any] = super().populate_space(trial_id)
        if int(trial_id) == 0:
            proposal["values"] |= self.start
        return proposal


def _bayesian(tune: Tune, seed: int) -> Any:
    first = max(tune.trials // _RANDOM_SHARE, 2)
    oracle = _Bayesian(num_initial_points=first, **_given(tune, seed))
    oracle.start, oracle.max_trials, oracle.verbose = start_of(tune.space.network), tune.trials, 0
    return oracle


def _hyperband(tune: Tune, seed: int) -> Any:
    """Make an oracle that proposes all trials but the start."""
    oracle = keras_tuner.oracles.HyperbandOracle(
        max_epochs=tune.max_epochs, factor=_FACTOR, hyperband_iterations=None, **_given(tune, seed)
    )
    oracle.max_trials, oracle.verbose = tune.trials - 1, 0
    return oracle


def _given(tune: Tune, seed: int) -> dict[str, Any]:
    """Return what both oracles are told."""
    return {
        "objective": _OBJECTIVE,
        "hyperparameters": _hyperparameters(tune.space.network),
        "tune_new_entries": False,
        "allow_new_entries": False,
        "seed": seed % 2**31 + 1,  # 0 would be no seed
        "max_consecutive_failed_trials": tune.trials + 1,  # `refuse_failures` judges and shows them
    }


def _hyperparameters(space: NetworkSpace) -> keras_tuner.HyperParameters:
    """Put the space in KerasTuner's words; a choice is proposed by its position."""
    parameters = keras_tuner.HyperParameters()
    for name, dimension in dimensions(space).items():
        low, high = dimension.ends
        sampling = "log" if dimension.log else "linear"
        if dimension.choices is not None:
            parameters.Choice(name, list(range(len(dimension.choices))))
        elif dimension.is_whole:
            parameters.Int(name, int(low), int(high), sampling=sampling)
        else:
            parameters.Float(name, low, high, sampling=sampling)
    return parameters
