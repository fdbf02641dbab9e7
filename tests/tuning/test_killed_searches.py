"""The stage `tune`, killed in the midst of a trial: run again, it writes what an unbroken run writes."""

import csv
import json
import signal

import pytest

from tuning.searching import OUTPUTS, answers, finish, make_folder, start, written
from workspaces import wait_until

KINDS = {
    "hyperband": {"family": "distilled", "search": "hyperband", "trials": 5, "max_epochs": 3, "seeds": 2},
    "bayesian": {"search": "bayesian", "trials": 4, "max_epochs": 1, "seeds": 1},
    "optuna": {"family": "gbm", "engine": "optuna", "trials": 4, "seeds": 2},
}
KERAS_TUNER = ("hyperband", "bayesian")  # a minute each; interrupted in this process in test_searches.py


@pytest.fixture(
    scope="module", params=["optuna", *(pytest.param(name, marks=pytest.mark.drill) for name in KERAS_TUNER)]
)
def runs(request, fitted, labelled, tmp_path_factory):
    """Folders of an unbroken run, and of one that was killed after two trials and then run again."""
    roots = [
        make_folder(tmp_path_factory.mktemp(n) / "run", fitted, labelled, **KINDS[request.param])
        for n in "ab"
    ]
    unbroken, broken = roots
    finish(start(unbroken))
    process = start(broken)
    wait_until(lambda: len(answers(broken)) >= 2 or process.poll() is not None, "two trials", 120)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert not any((broken / name).exists() for name in OUTPUTS)
    kept = {answer: answer.stat().st_mtime_ns for answer in answers(broken)}
    return unbroken, broken, kept, finish(start(broken))


def test_the_outputs_are_the_same_bytes(runs) -> None:
    unbroken, broken, _, _ = runs
    assert written(broken) == written(unbroken)


def test_no_finished_trial_was_run_again(runs) -> None:
    _, _, kept, _ = runs
    assert len(kept) >= 2
    assert {answer: answer.stat().st_mtime_ns for answer in kept} == kept


def test_every_trial_is_a_row_and_a_line(runs) -> None:
    _, broken, _, printed = runs
    rows = list(csv.DictReader((broken / "trials.csv").open()))
    assert [int(row["trial"]) for row in rows] == list(range(len(rows)))
    assert printed.count("tune: trial ") == len(rows) + 1  # and who won
    assert all(float(row["log_loss"]) > 0 and int(row["parameters"]) > 0 for row in rows)


def test_the_winner_is_a_trial_of_the_table(runs) -> None:
    _, broken, _, _ = runs
    rows = list(csv.DictReader((broken / "trials.csv").open()))
    metrics, winner = (json.loads((broken / name).read_text()) for name in ("tune.json", "tuned.json"))
    assert metrics["winner"] == winner["trial"]
    assert metrics["log_loss"] <= metrics["start_log_loss"]
    won = rows[winner["trial"]]
    for name, value in winner["values"].items():
        assert won[name] == ("-".join(map(str, value)) if isinstance(value, list) else str(value))


def test_seconds_are_in_the_timing_file_alone(runs) -> None:
    _, broken, _, _ = runs
    seconds = json.loads((broken / "metrics/timing/trials.json").read_text())["seconds"]
    assert len(seconds) == len(list(csv.DictReader((broken / "trials.csv").open())))
    assert not any(b"second" in content for name, content in written(broken).items() if name != "trials.png")


def test_other_data_or_code_is_another_search(runs, monkeypatch) -> None:
    from claims.config.params import load_params
    from claims.tuning.search import search_folder

    unbroken, _, _, _ = runs
    monkeypatch.chdir(unbroken)
    params = load_params()
    folder = search_folder(params, unbroken / "features")
    assert folder.is_dir()
    (unbroken / "features" / "validation.parquet").write_bytes(b"other claims")
    assert search_folder(params, unbroken / "features") != folder
