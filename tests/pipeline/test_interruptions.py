"""Killed at any moment, dvc alone or a stage alone: nothing goes on behind dvc; the next run succeeds."""

import json
import subprocess
import time
from collections.abc import Iterator

import psutil
import pytest

from workspaces import SMALL, Workspace, make_workspace

PATIENCE = 60.0  # seconds to wait for a process to appear or to end


@pytest.fixture(scope="module")
def workspace(tmp_path_factory) -> Workspace:
    return make_workspace(tmp_path_factory.mktemp("killed") / "claims-mlops", SMALL)


def wait_until(true, what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)


def stages_of(process: psutil.Process) -> list[psutil.Process]:
    """Stage processes below dvc."""
    try:
        return [
            p for p in process.children(recursive=True) if any("claims.pipeline" in a for a in p.cmdline())
        ]
    except psutil.Error:
        return []


def assert_complete(workspace: Workspace) -> None:
    """The next run succeeds and leaves nothing to do."""
    workspace.run("dvc", "repro", "split")
    assert json.loads(workspace.run("dvc", "status", "--json", "split").stdout) == {}


@pytest.fixture
def running(workspace: Workspace) -> Iterator[psutil.Process]:
    """`dvc repro split`, from the start, with a stage under way."""
    process = subprocess.Popen(
        ["dvc", "repro", "--force", "split"],
        cwd=workspace.root,
        env=workspace.variables(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    dvc = psutil.Process(process.pid)
    wait_until(lambda: stages_of(dvc), "a stage")
    yield dvc
    if dvc.is_running():
        dvc.kill()


@pytest.mark.parametrize("delay", [0.0, 0.6, 1.5])
def test_killing_dvc_ends_its_stage_and_the_next_run_succeeds(workspace, running, delay: float) -> None:
    time.sleep(delay)
    stages = stages_of(running)
    running.kill()
    running.wait(PATIENCE)
    wait_until(lambda: not any(s.is_running() and s.status() != "zombie" for s in stages), "the stage to end")
    assert_complete(workspace)


@pytest.mark.parametrize("delay", [0.0, 0.8])
def test_killing_a_stage_fails_the_run_and_the_next_one_succeeds(workspace, running, delay: float) -> None:
    time.sleep(delay)
    wait_until(lambda: stages_of(running), "a stage")
    for stage in stages_of(running):
        stage.kill()
    assert running.wait(PATIENCE) != 0
    assert_complete(workspace)
