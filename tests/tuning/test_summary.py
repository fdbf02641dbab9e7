"""What a search came to, in figures."""

import pytest

from claims.config.params import Params
from claims.config.space import start_values
from claims.results.files import as_json
from claims.results.tune import WonTuneMetrics
from claims.tuning.search import Search
from claims.tuning.summary import summarize_search
from claims.tuning.trials import Trial
from tuning.conftest import bowl


@pytest.fixture
def trials(params: Params) -> list[Trial]:
    start = start_values(params.tune.space.network)
    others = [start, start | {"learning_rate": 0.004}, start | {"dropout": 0.1}]
    return [
        Trial(number, others[number], 3, 7, None if number == 2 else bowl(others[number], 3))
        for number in range(3)
    ]


def test_the_winner_is_compared_with_the_start(params: Params, trials: list[Trial]) -> None:
    metrics = summarize_search(params.tune, Search(trials, [], {}), trials[1])
    assert isinstance(metrics, WonTuneMetrics)
    assert (metrics.trials, metrics.failed, metrics.winner) == (3, 1, 1)
    assert (metrics.log_loss, metrics.start_log_loss) == (
        trials[1].result.log_loss,
        trials[0].result.log_loss,
    )
    assert metrics.values == trials[1].values


def test_a_search_without_trials_is_counted_alone(params: Params) -> None:
    metrics = summarize_search(params.tune, Search([], [], {}), None)
    assert as_json(metrics) == {"family": "network", "trials": 0, "failed": 0}
