"""The run-off: who meets, under which seeds, and that the mean decides."""

import pytest

from claims.tuning.attempts import Attempts
from claims.tuning.folder import Memory
from claims.tuning.runoff import finalists, losses_that_met, mean_loss, most_runs, run_off, winner_of
from claims.tuning.trials import Result, Trial


def result(loss: float) -> Result:
    return Result(epochs=3, parameters=10, log_loss=loss, roc_auc=0.7)


def trial(number: int, rate: float, loss: float | None, seed: int = 7) -> Trial:
    return Trial(number, {"learning_rate": rate}, 8, seed, None if loss is None else result(loss))


START, LUCKY, STEADY, POOR = trial(0, 0.1, 0.42), trial(1, 0.2, 0.39), trial(2, 0.3, 0.40), trial(3, 0.4, 0.5)
SEARCHED = [START, LUCKY, STEADY, POOR]


@pytest.fixture
def attempts(tmp_path) -> Attempts:
    """The lucky trial does badly under every other seed."""

    def objective(values, max_epochs, seed):
        return result(0.45 if values["learning_rate"] == 0.2 else 0.41)

    return Attempts(Memory(tmp_path, objective), 10)


def test_the_best_and_the_start_meet() -> None:
    assert finalists(SEARCHED) == [LUCKY, START]


def test_a_start_that_is_best_meets_nobody() -> None:
    assert finalists([trial(0, 0.1, 0.38), LUCKY, POOR]) == [trial(0, 0.1, 0.38)]


def test_a_failed_start_meets_nobody() -> None:
    assert finalists([trial(0, 0.1, None), LUCKY]) == [LUCKY]


def test_they_meet_for_as_long_as_a_model_is_trained_under_the_search_s_seed_and_the_next(attempts) -> None:
    rows = run_off(SEARCHED, 2, 40, attempts)
    assert [row.number for row in rows] == [4, 5, 6, 7]
    assert [row.seed for row in rows] == [7, 7, 8, 8]
    assert {row.max_epochs for row in rows} == {40}
    assert len(rows) == most_runs(2)


def test_what_has_run_already_is_no_further_trial(attempts) -> None:
    assert [row.seed for row in run_off(SEARCHED, 3, 8, attempts)] == [8, 8, 9, 9]


def test_the_mean_over_seeds_decides_among_those_that_met_for_longest(attempts) -> None:
    assert winner_of(SEARCHED) == LUCKY
    trials = [*SEARCHED, *run_off(SEARCHED, 2, 40, attempts)]
    losses = losses_that_met(trials)
    assert (mean_loss(losses, START.values), mean_loss(losses, LUCKY.values)) == (0.41, 0.45)
    assert mean_loss(losses, STEADY.values) is None
    won = winner_of(trials)
    assert (won.values, won.max_epochs, won.seed) == (START.values, 40, 7)


def over_seeds(start: tuple[float, ...], best: tuple[float, ...]) -> list[Trial]:
    """Two choices of values with a loss under each seed."""
    pairs = zip(start, best, strict=True)
    rows = [(rate, loss, 7 + place) for place, pair in enumerate(pairs) for rate, loss in enumerate(pair)]
    return [trial(number, rate, loss, seed) for number, (rate, loss, seed) in enumerate(rows)]


def test_a_steady_gain_replaces_the_start() -> None:
    assert winner_of(over_seeds((0.400, 0.402, 0.398), (0.399, 0.4011, 0.397))).number == 1


def test_a_gain_under_one_seed_alone_does_not() -> None:
    assert winner_of(over_seeds((0.400, 0.400, 0.400), (0.398, 0.4001, 0.4002))).number == 0


def test_under_a_single_seed_the_lower_loss_wins() -> None:
    assert winner_of(over_seeds((0.400,), (0.3999,))).number == 1


def test_of_equals_the_earlier_wins() -> None:
    assert winner_of([trial(0, 0.1, None), trial(1, 0.2, 0.4), trial(2, 0.3, 0.4)]).number == 1


@pytest.mark.parametrize(("trials", "seeds"), [([START], 3), ([], 3)])
def test_without_rivals_there_is_no_run_off(attempts, trials, seeds: int) -> None:
    assert run_off(trials, seeds, 40, attempts) == []


def test_who_fails_under_one_seed_cannot_win(tmp_path) -> None:
    def objective(values, max_epochs, seed):
        if values["learning_rate"] == 0.2:
            raise ValueError("diverged")
        return result(0.41)

    trials = [START, LUCKY, POOR]
    trials += run_off(trials, 2, 8, Attempts(Memory(tmp_path, objective), 3))
    assert winner_of(trials) == START
    assert [row.result for row in trials if row.values == LUCKY.values] == [LUCKY.result, None]
