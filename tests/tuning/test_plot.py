"""The plot of a search: a PNG, the same bytes for the same trials, also where nothing was finished."""

import pytest

from claims.config.space import start_values
from claims.tuning.plot import draw_trials
from claims.tuning.trials import Result, Trial
from tuning.conftest import bowl


@pytest.fixture
def trials(params) -> list[Trial]:
    start = start_values(params.tune.space.network)
    others = [start, start | {"learning_rate": 0.004, "layers": (64,)}, start | {"dropout": 0.1}]
    results: list[Result | None] = [bowl(start, 3), bowl(others[1], 3), None]
    return [Trial(number, others[number], 3, 7, result) for number, result in enumerate(results)]


def draw(path, params, trials, winner) -> bytes:
    draw_trials(path, params.tune.space.network, trials, winner)
    return path.read_bytes()


def test_the_same_trials_give_the_same_bytes(params, trials, tmp_path) -> None:
    first, again = (draw(tmp_path / name, params, trials, 1) for name in ("a.partial", "b.partial"))
    assert first == again
    assert first.startswith(b"\x89PNG")


def test_the_winner_is_seen(params, trials, tmp_path) -> None:
    assert draw(tmp_path / "a", params, trials, 0) != draw(tmp_path / "b", params, trials, 1)


@pytest.mark.parametrize("which", [slice(0, 0), slice(2, 3), slice(0, 1)], ids=["none", "failed", "one"])
def test_few_trials_can_be_drawn(params, trials, tmp_path, which: slice) -> None:
    assert draw(tmp_path / "a", params, trials[which], None).startswith(b"\x89PNG")
