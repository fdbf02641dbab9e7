"""Whose code a stage runs: its own checkout's, also in worktrees, temporary experiments and queued ones."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from workspaces import ROOT, SMALL, Workspace, make_workspace

STAGE = "src/claims/pipeline/simulate.py"
CHANGE = {"    demo.mkdir()\n": '    demo.mkdir()\n    (demo / "changed.txt").write_text("by own code")\n'}
OTHER = {"PYTHONPATH": str(ROOT / "src")}  # as where the environment's `claims` is another checkout's


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A checkout whose simulator has run."""
    made = make_workspace(tmp_path_factory.mktemp("own") / "claims-mlops", SMALL)
    made.run("dvc", "repro", "--quiet", "simulate", **OTHER)
    made.run("git", "add", "-A")
    made.run("git", "commit", "-qm", "simulated")
    return made


@pytest.fixture
def workspace(simulated: Workspace, tmp_path: Path) -> Workspace:
    root = tmp_path / "claims-mlops"
    shutil.copytree(simulated.root, root, symlinks=True)
    return Workspace(root)


def files_made(lock: str) -> int:
    """How many files the stage wrote, as the lock records it."""
    (demo,) = yaml.safe_load(lock)["stages"]["simulate"]["outs"]
    return int(demo["nfiles"])


def test_a_worktree_runs_its_own_code(workspace: Workspace, tmp_path: Path) -> None:
    workspace.run("git", "worktree", "add", "-q", str(tmp_path / "worktree"))
    other = Workspace(tmp_path / "worktree")
    other.replace(STAGE, CHANGE)
    other.run("dvc", "repro", "simulate", **OTHER)
    assert other.path("data/demo/changed.txt").exists()


@pytest.mark.parametrize("how", [["--temp"], ["--queue"]], ids=["temp", "queue"])
def test_an_experiment_apart_runs_the_code_recorded_with_it(workspace: Workspace, how: list[str]) -> None:
    before = files_made(workspace.path("dvc.lock").read_text())
    workspace.replace(STAGE, CHANGE)
    workspace.run("dvc", "exp", "run", *how, "--name", "apart", "simulate", **OTHER)
    if how == ["--queue"]:
        workspace.run("dvc", "exp", "run", "--run-all", **OTHER)
    workspace.run("dvc", "exp", "branch", "apart", "made")
    assert "by own code" in workspace.run("git", "show", f"made:{STAGE}").stdout
    assert files_made(workspace.run("git", "show", "made:dvc.lock").stdout) == before + 1


def test_a_stage_that_runs_another_checkouts_code_stops(workspace: Workspace) -> None:
    done = subprocess.run(
        ["python", "-m", "claims.pipeline.simulate", "data/demo"],
        cwd=workspace.root,
        env=workspace.variables(**OTHER),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"simulate: code: Python imports claims from {ROOT / 'src'}, not from")
    assert done.stderr.count("\n") == 1


def test_a_stage_without_its_input_names_it(workspace: Workspace) -> None:
    command = ["python", "-m", "claims.pipeline.represent", "data/features", "chosen", "metrics.json"]
    done = subprocess.run(
        command, cwd=workspace.root, env=workspace.variables(), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        done.stderr
        == "represent: data/features: not there. Run `dvc repro`, which makes it, or `dvc pull`.\n"
    )
