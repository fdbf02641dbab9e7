"""`tune` and `train`: the winner's values reach the network, or a person's own number does."""

import json
import re

import pytest
import yaml

from claims.config.params import Train
from claims.config.space import NetworkSpace
from claims.tuning.search import UNUSED
from workspaces import ROOT


def settings_of(text: bytes) -> dict:
    return json.loads(text)["settings"]["train"]


@pytest.fixture
def with_a_number(reproduced):
    """The workspace with a learning rate of a person's own."""
    workspace = reproduced.workspace
    workspace.set_params({"train.learning_rate": 0.001})
    yield workspace
    workspace.run("git", "checkout", "-q", "params.yaml")


def test_train_takes_the_winners_values(reproduced) -> None:
    winner = json.loads(reproduced.made["models/tuned.json"])
    settings = settings_of(reproduced.made["metrics/train.json"])
    assert winner["values"]
    assert {name: settings[name] for name in winner["values"]} == winner["values"]


def test_every_trial_is_in_the_table(reproduced) -> None:
    rows = reproduced.made["metrics/plots/trials.csv"].decode().splitlines()
    assert len(rows) == 1 + json.loads(reproduced.made["metrics/tune.json"])["trials"] == 3


def test_a_number_trains_again_without_another_search(with_a_number) -> None:
    status = json.loads(with_a_number.run("dvc", "status", "--json").stdout)
    assert "train" in status
    assert "tune" not in status


def test_without_a_search_nothing_is_guessed(reproduced) -> None:
    workspace = reproduced.workspace
    workspace.set_params({"tune.trials": 0})
    try:
        with pytest.raises(AssertionError) as caught:
            workspace.run("dvc", "repro", "train")
    finally:
        workspace.run("git", "checkout", "-q", ".")
        workspace.run("dvc", "checkout", "-q")
    said = str(caught.value)
    assert "train.learning_rate: it says tuned, but tune has no learning_rate of the network" in said
    assert "Traceback" not in said


def test_whatever_a_trial_takes_from_train_concerns_the_search() -> None:
    declared = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]["tune"]["params"]
    taken = Train.model_fields.keys() - NetworkSpace.model_fields.keys() - UNUSED - {"patience"}
    taken |= {"max_epochs"}  # the length of the run-off
    assert {f"train.{name}" for name in taken} == {name for name in declared if re.match(r"train\.", name)}
