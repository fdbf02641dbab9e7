"""Killed at any moment, dvc alone or a stage alone: nothing goes on behind dvc; the next run succeeds."""

import json
import time
from collections.abc import Iterator

import psutil
import pytest
import yaml
from _pytest.mark import ParameterSet

from workspaces import SMALL, Workspace, ended, make_workspace, reproducing, stages_of, wait_until


def drill(delay: float) -> ParameterSet:
    return pytest.param(delay, marks=pytest.mark.drill)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory) -> Workspace:
    return make_workspace(tmp_path_factory.mktemp("killed") / "claims-mlops", SMALL)


@pytest.fixture
def running(workspace: Workspace) -> Iterator[psutil.Process]:
    """`dvc repro split`, from the start, with a stage under way."""
    with reproducing(workspace, "--force", "split") as dvc:
        wait_until(lambda: bool(stages_of(dvc)), "a stage")
        yield dvc


def restore_lock(workspace: Workspace) -> None:
    """DVC writes dvc.lock in place: killed meanwhile it leaves a part, and Git has it whole."""
    try:
        yaml.safe_load(workspace.path("dvc.lock").read_text())["stages"].items()
    except (yaml.YAMLError, KeyError, TypeError, AttributeError):
        workspace.run("git", "checkout", "-q", "dvc.lock")


def assert_complete(workspace: Workspace) -> None:
    """The next run succeeds and leaves nothing to do."""
    restore_lock(workspace)
    workspace.run("dvc", "repro", "split")
    assert json.loads(workspace.run("dvc", "status", "--json", "split").stdout) == {}


@pytest.mark.parametrize("delay", [drill(0.0), 0.6, drill(1.5)])
def test_killing_dvc_ends_its_stage_and_the_next_run_succeeds(workspace, running, delay: float) -> None:
    time.sleep(delay)
    stages = stages_of(running)
    running.kill()
    running.wait(60)
    wait_until(lambda: ended(stages), "the stage to end")
    assert_complete(workspace)


@pytest.mark.parametrize("delay", [0.0, drill(0.8)])
def test_killing_a_stage_fails_the_run_and_the_next_one_succeeds(workspace, running, delay: float) -> None:
    time.sleep(delay)
    wait_until(lambda: bool(stages_of(running)), "a stage")
    for stage in stages_of(running):
        stage.kill()
    assert running.wait(60) != 0
    assert_complete(workspace)
