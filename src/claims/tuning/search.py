"""A search from its data to its trials: what it depends on, where it is kept, and who runs it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from claims.base.errors import ParamsError
from claims.base.imports import closure
from claims.base.own_code import RUNNING
from claims.config.params import Params, Tune
from claims.config.space import FamilySpace, dimensions
from claims.config.winner import Family
from claims.features.extractor import FeatureExtractor
from claims.features.matrices import read_labelled
from claims.tuning.attempts import Attempts
from claims.tuning.folder import Memory, forget_old, name_of, search_key
from claims.tuning.roles import is_worker
from claims.tuning.runoff import most_runs, run_off
from claims.tuning.trials import Objective, Trial, refuse_failures

SEARCHES = Path(".cache/tune")
_STAGE, _LOCK = "claims.pipeline.tune", Path("requirements.txt")
UNUSED = {
    "max_epochs",
    "refit",
    "anomaly_width",
    "anomaly_epochs",
}  # of `train`, by a trial's result
_DATA = ("encoder.json", "train.parquet", "validation.parquet")


@dataclass(frozen=True)
class Search:
    """A finished search.

    Attributes
    ----------
    trials
        By number; those of the run-off come last.
    failures
        Errors of trials that could not be finished, in order.
    seconds
        Each trial took, by number, as far as it is known here.
    """

    trials: list[Trial]
    failures: list[str]
    seconds: dict[int, float]


def family_of(tune: Tune) -> Family:
    """Return the family that an engine searches."""
    return "network" if tune.engine == "keras_tuner" else "boosting"


def is_used(params: Params) -> bool:
    """Tell whether the trained family has use for what the engine finds."""
    unused = {"keras_tuner": "gbm", "optuna": "dnn"}
    return params.model.family != unused[params.tune.engine]


def space_of(tune: Tune) -> FamilySpace:
    """Return the space that an engine searches."""
    return tune.space.network if tune.engine == "keras_tuner" else tune.space.boosting


def search_as_chief(params: Params, features: Path) -> Search:
    """Search for the stage `tune`, which writes what is found; nothing where no trials are asked for.

    Raises
    ------
    ParamsError
        In the environment of a worker, who writes nothing.
    GateError
        Where no trial could be finished.
    """
    if params.tune.trials == 0 or not is_used(params):
        return Search([], [], {})
    if is_worker():
        remedy = "Start it as `python -m claims.pipeline.worker data/features` (docs/tuning.md)."
        raise ParamsError("KERASTUNER_TUNER_ID", "a worker's, and the stage is the chief", remedy)
    search = run_search(params, features)
    refuse_failures(search.trials, search.failures)
    return search


def run_search(params: Params, features: Path, searches: Path = SEARCHES) -> Search:
    """Search, as ``params.tune`` says, over training and validation claims alone.

    Parameters
    ----------
    params
        All parameters.
    features
        What featurize wrote.
    searches
        Where the folders of searches lie.
    """
    tune = params.tune
    folder = search_folder(params, features, searches)
    folder.mkdir(parents=True, exist_ok=True)
    folder.touch()  # used now
    forget_old(searches)
    memory = Memory(folder, _objective(params, features, folder))
    attempts = Attempts(memory, tune.trials + most_runs(tune.seeds))
    if tune.engine == "keras_tuner":
        from claims.tuning.network_search import search_network

        trials = search_network(tune, params.seed, attempts, folder)
    else:
        from claims.tuning.boosting_search import search_boosting

        trials = search_boosting(tune, params.seed, attempts)
    trials = sorted(trials, key=lambda trial: trial.number)
    trials += run_off(trials, tune.seeds, _full_length(params), attempts)
    names = {trial.number: name_of(trial.values, trial.max_epochs, trial.seed) for trial in trials}
    seconds = {number: memory.seconds[name] for number, name in names.items() if name in memory.seconds}
    return Search(trials, attempts.failures, seconds)


def _full_length(params: Params) -> int:
    """Return the epochs of a model; trees grow until validation stops them, in every trial."""
    return params.tune.max_epochs if params.tune.engine == "optuna" else params.train.max_epochs


def search_folder(params: Params, features: Path, searches: Path = SEARCHES) -> Path:
    """Return the folder of a search, named by all that its trials' results depend on."""
    return searches / search_key(_depends_on(params), _files(features))


def _depends_on(params: Params) -> dict[str, Any]:
    """Return all of params.yaml that a trial's result depends on; more trials or seeds go on from fewer."""
    tune = params.tune.model_dump(exclude={"trials", "seeds", "space"})
    space = space_of(params.tune).model_dump()
    held = {name: value for name, value in _held(params).items() if name not in UNUSED}
    return {"tune": tune, "space": space, "seed": params.seed, "held": held, **_teaching(params)}


def _held(params: Params) -> dict[str, Any]:
    """Return the settings that no trial changes."""
    if params.tune.engine == "optuna":
        return params.boosting.model_dump(exclude=set(dimensions(params.tune.space.boosting)))
    searched = set(dimensions(params.tune.space.network))
    return params.train.model_dump(exclude=searched) | {"patience": params.tune.patience}


def _teaching(params: Params) -> dict[str, Any]:
    """Return what the rows that a network learns from depend on, beside the data."""
    if family_of(params.tune) == "boosting" or params.model.family == "dnn":
        return {}
    return {"boosting": params.boosting.model_dump(), "distill": params.distill.model_dump()}


def _files(features: Path) -> Iterator[Path]:
    yield from (features / name for name in _DATA)
    yield from sorted(closure(RUNNING, _STAGE))
    yield _LOCK


def _objective(params: Params, features: Path, folder: Path) -> Objective:
    train, validation = (read_labelled(features / f"{name}.parquet") for name in ("train", "validation"))
    extractor = FeatureExtractor.read(features / "encoder.json")
    if params.tune.engine == "optuna":
        from claims.tuning.boosting_search import boosting_objective

        return boosting_objective(extractor, _held(params), train, validation)
    from claims.training.network import make_deterministic
    from claims.tuning.lesson import lesson_of
    from claims.tuning.network_objective import network_objective

    make_deterministic(params.seed)
    lesson = cache(lambda: lesson_of(params, extractor, train, validation, folder))  # a chief needs none
    return network_objective(extractor, _held(params), lesson, validation)
