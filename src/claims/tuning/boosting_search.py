"""The search over boosted trees: Optuna's tree-structured Parzen estimator.

Source: Bergstra et al. (2011), "Algorithms for hyper-parameter optimization", NeurIPS 24.
"""

from typing import Any

from claims.base.errors import ParamsError
from claims.config.params import Boosting, Tune
from claims.config.space import BoostingSpace, Dimension, Values, dimensions, start_of, values_of
from claims.features.extractor import FeatureExtractor
from claims.features.matrices import Labelled
from claims.training.boosting import TreeDesign, select_rounds
from claims.tuning.attempts import Attempts
from claims.tuning.folder import TrialError
from claims.tuning.trials import Objective, Result, Trial, measured

_RANDOM_SHARE = 3  # one trial in so many is random before the first that is chosen


def boosting_objective(
    extractor: FeatureExtractor, held: dict[str, Any], train: Labelled, validation: Labelled
) -> Objective:
    """The objective of boosted trees, trained as `train` trains: rounds are stopped on validation.

    Parameters
    ----------
    extractor
        The fitted feature path.
    held
        Settings that no trial changes.
    train, validation
        Claims to learn from, and to stop and measure on.
    """
    design = TreeDesign(extractor)

    def objective(values: Values, max_epochs: int, seed: int) -> Result:  # noqa: ARG001 - trees stop by patience
        settings = Boosting.model_validate(held | values)
        rows, held_out = ((part.inputs, part.outcome) for part in (train, validation))
        trees, _ = select_rounds(design, settings, seed, rows, held_out)
        return measured(trees.rounds, trees.leaves, trees.logits(validation.inputs), validation.outcome)

    return objective


def search_boosting(tune: Tune, seed: int, attempts: Attempts) -> list[Trial]:
    """Search.

    The study lives in memory: a search that is run again gets the same proposals from its seed, and finds
    finished trials answered.

    Raises
    ------
    ParamsError
        Where Optuna is not installed.
    """
    optuna = _optuna()
    random = max(tune.trials // _RANDOM_SHARE, 2)
    sampler = optuna.samplers.TPESampler(seed=seed % 2**32, n_startup_trials=random)
    study = optuna.create_study(sampler=sampler, direction="minimize")
    study.enqueue_trial(start_of(tune.space.boosting))
    return [_attempt(optuna, study, tune, seed, attempts) for _ in range(tune.trials)]


def _attempt(optuna: Any, study: Any, tune: Tune, seed: int, attempts: Attempts) -> Trial:
    asked = study.ask()
    space: BoostingSpace = tune.space.boosting
    proposed = {name: _propose(asked, name, dimension) for name, dimension in dimensions(space).items()}
    values = values_of(space, proposed)
    try:
        result = attempts.run(asked.number, values, tune.max_epochs, seed)
    except TrialError:
        study.tell(asked, state=optuna.trial.TrialState.FAIL)
        return Trial(asked.number, values, tune.max_epochs, seed, None)
    study.tell(asked, result.log_loss)
    return Trial(asked.number, values, tune.max_epochs, seed, result)


def _propose(trial: Any, name: str, dimension: Dimension) -> float:
    """A proposal in Optuna's words; a choice is proposed by its position."""
    low, high = dimension.ends
    if dimension.choices is not None:
        return float(trial.suggest_categorical(name, list(range(len(dimension.choices)))))
    if dimension.is_whole:
        return int(trial.suggest_int(name, int(low), int(high), log=dimension.log))
    return float(trial.suggest_float(name, low, high, log=dimension.log))


def _optuna() -> Any:
    try:
        import optuna
    except ImportError:
        remedy = "Install it (pip install 'claims-mlops[optuna]'), or set tune.engine to keras_tuner."
        raise ParamsError("params.yaml: tune.engine", "optuna is not installed", remedy) from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna
