"""Every search: its trials, and that neither an interruption nor a failure changes what it finds."""

import math
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from claims.base.errors import WriteError
from claims.config.params import Params
from claims.config.space import dimensions
from claims.tuning.attempts import Attempts
from claims.tuning.boosting_search import search_boosting
from claims.tuning.folder import Memory
from claims.tuning.network_search import search_network
from claims.tuning.trials import Objective, Trial
from tuning.conftest import bowl, tuning

TRIALS = {"hyperband": 14, "bayesian": 5, "optuna": 8}  # the fewest in which each does more than draw


class Interrupted(BaseException):
    """As a signal is: nothing catches it."""


def search(params: Params, kind: str, folder: Path, objective: Objective = bowl, trials: int = 0):
    trials = trials or TRIALS[kind]
    engine = "optuna" if kind == "optuna" else "keras_tuner"
    other = {"search": kind} if engine == "keras_tuner" else {}
    tune = tuning(params, engine=engine, trials=trials, max_epochs=9, **other).tune
    attempts = Attempts(Memory(folder, objective), trials)
    if engine == "optuna":
        return search_boosting(tune, params.seed, attempts)
    return search_network(tune, params.seed, attempts, folder)


@pytest.fixture(scope="module", params=TRIALS)
def kind(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def unbroken(params, kind: str, tmp_path_factory) -> list[Trial]:
    return search(params, kind, tmp_path_factory.mktemp(kind))


def space_of(params: Params, kind: str):
    return dimensions(params.tune.space.boosting if kind == "optuna" else params.tune.space.network)


def test_there_are_as_many_trials_as_wanted(kind, unbroken) -> None:
    assert [trial.number for trial in unbroken] == list(range(TRIALS[kind]))
    assert all(trial.result for trial in unbroken)


def test_the_first_trial_has_the_start_values_and_all_epochs(params, kind, unbroken) -> None:
    assert unbroken[0].values == {name: dimension.start for name, dimension in space_of(params, kind).items()}
    assert unbroken[0].max_epochs == 9


def test_hyperband_goes_on_with_the_best_of_those_that_had_as_few_epochs(params, tmp_path) -> None:
    _, *proposed = search(params, "hyperband", tmp_path)
    least = min(trial.max_epochs for trial in proposed)
    few = sorted((t for t in proposed if t.max_epochs == least), key=lambda trial: trial.result.log_loss)
    longer = [trial.values for trial in proposed if trial.max_epochs == 3 * least]
    assert len(few) == 9
    assert all(trial.values in longer for trial in few[:3])
    assert not any(trial.values in longer for trial in few[3:])


def test_every_value_lies_in_the_space(params, kind, unbroken) -> None:
    for name, dimension in space_of(params, kind).items():
        tried = [trial.values[name] for trial in unbroken]
        if dimension.choices is not None:
            assert set(tried) <= set(dimension.choices)
        else:
            low, high = dimension.ends
            assert all(low <= value <= high for value in tried)
    assert len({str(trial.values) for trial in unbroken}) > len(unbroken) / 2


def test_another_seed_tries_other_values(params, kind, unbroken, tmp_path) -> None:
    other = search(params.model_copy(update={"seed": 0}), kind, tmp_path, trials=2)
    assert other[1].values != unbroken[1].values


@dataclass
class Asked:
    """Notes what it is asked, and is interrupted after so many answers."""

    until: float = math.inf
    trials: list[tuple] = field(default_factory=list)

    def __call__(self, values, max_epochs, seed):
        if len(self.trials) == self.until:
            raise Interrupted
        self.trials.append((values, max_epochs))
        return bowl(values, max_epochs, seed)


@pytest.mark.parametrize("finished", [1, 4])
def test_an_interrupted_search_resumes_to_what_an_unbroken_one_finds(
    params, kind, unbroken, tmp_path, finished: int
) -> None:
    interrupted, resumed = Asked(until=finished), Asked()
    with pytest.raises(Interrupted):
        search(params, kind, tmp_path, interrupted)
    assert search(params, kind, tmp_path, resumed) == unbroken
    assert not [trial for trial in resumed.trials if trial in interrupted.trials]


def test_more_trials_go_on_from_fewer(params, tmp_path) -> None:
    fewer, more = Asked(), Asked()
    search(params, "hyperband", tmp_path, fewer, trials=4)
    trials = search(params, "hyperband", tmp_path, more)
    assert trials == search(params, "hyperband", tmp_path / "at once")
    assert not [trial for trial in more.trials if trial in fewer.trials]


def test_nothing_is_left_of_a_search_but_its_answers(params, kind, tmp_path) -> None:
    search(params, kind, tmp_path, trials=3)
    assert {file.suffix for file in tmp_path.rglob("*")} == {".json"}
    assert len(list(tmp_path.iterdir())) == 3


def test_a_trial_that_fails_is_a_row_without_result_and_the_search_goes_on(params, kind, tmp_path) -> None:
    asked = []

    def third_fails(values, max_epochs, seed):
        asked.append(values)
        if len(asked) == 3:
            raise ValueError("not with these values")
        return bowl(values, max_epochs, seed)

    trials = search(params, kind, tmp_path, third_fails, trials=4)
    (failed,) = [trial for trial in trials if trial.result is None]
    assert failed.values == asked[2]
    assert len(trials) == 4


def test_a_search_whose_trials_all_fail_ends(params, kind, tmp_path, capsys) -> None:
    def fail(values, max_epochs, seed):
        raise ValueError("a tensor of no shape")

    trials = search(params, kind, tmp_path, fail, trials=4)
    assert [trial.result for trial in trials] == [None] * len(trials)
    assert "trial 0 failed: ValueError: a tensor of no shape" in capsys.readouterr().err


def test_a_full_disk_is_no_failed_trial(params, kind, tmp_path, monkeypatch) -> None:
    def full(self, *_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(WriteError, match="No space left"):
        search(params, kind, tmp_path, trials=2)
