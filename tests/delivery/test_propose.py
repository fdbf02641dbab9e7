"""A branch for review: what was made goes on it and nothing else, its LFS objects first."""

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from delivery.conftest import commit, git_repository, tool
from workspaces import Workspace

MODEL = b"TFL3" * 1000


@pytest.fixture
def released(tmp_path: Path) -> Workspace:
    """A repository with a bare remote, in which a release was just written."""
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", tmp_path / "origin.git"], check=True)
    repository = git_repository(tmp_path / "first")
    repository.path(".gitattributes").write_text(
        "models/tflite_models/** filter=lfs diff=lfs merge=lfs -text\n"
    )
    commit(repository, "start")
    repository.run("git", "remote", "add", "origin", "../origin.git")
    repository.run("git", "push", "-q", "--set-upstream", "origin", "main")
    repository.path("models/releases").mkdir(parents=True)
    repository.path("models/releases/1.json").write_text("{}")
    repository.path("notes.txt").write_text("somebody's own")
    return repository


def propose(workspace: Workspace, *paths: str) -> subprocess.CompletedProcess[str]:
    return tool("propose", workspace, "releases/1", "--message", "Release 1: better", *(paths or ("models",)))


def write_model(workspace: Workspace) -> None:
    workspace.path("models/tflite_models").mkdir()
    workspace.path("models/tflite_models/1.tflite").write_bytes(MODEL)


def test_the_branch_holds_what_was_made_and_nothing_else(released: Workspace) -> None:
    done = propose(released)
    assert (done.returncode, done.stdout) == (0, "releases/1: pushed to origin\n")
    pushed = released.run("git", "show", "--name-only", "--format=%s", "origin/releases/1").stdout
    assert pushed.split("\n\n") == ["Release 1: better", "models/releases/1.json\n"]
    assert released.run("git", "status", "--porcelain").stdout == "?? notes.txt\n"


def test_main_stays_where_it_is(released: Workspace) -> None:
    before = released.run("git", "ls-remote", "origin", "main").stdout
    propose(released)
    assert released.run("git", "ls-remote", "origin", "main").stdout == before


def test_commits_that_others_lack_are_proposed_with_their_tags(released: Workspace) -> None:
    """As `claims release` leaves a checkout: everything is committed, and its version tagged."""
    head = commit(released, "Release 1")
    released.run("git", "tag", "-a", "claims-model@v1.0.0", "-m", "better")
    assert propose(released).returncode == 0
    listed = released.run("git", "ls-remote", "origin").stdout
    assert f"{head}\trefs/heads/releases/1\n" in listed
    assert f"{head}\trefs/tags/claims-model@v1.0.0^{{}}\n" in listed


def test_no_change_is_refused(released: Workspace) -> None:
    commit(released, "all of it")
    released.run("git", "push", "-q", "origin", "main")
    refused = propose(released)
    assert refused.returncode == 1
    assert "propose: models: nothing changed" in refused.stderr


def test_a_branch_that_others_pushed_is_not_overwritten(released: Workspace) -> None:
    released.run("git", "push", "-q", "origin", "main:refs/heads/releases/1")
    refused = propose(released)
    assert refused.returncode == 1
    assert "branch releases/1: there already" in refused.stderr
    assert released.run("git", "branch", "--show-current").stdout == "main\n"


def test_a_model_that_git_would_hold_whole_is_refused(released: Workspace) -> None:
    """Where Git LFS was not set up, its filter is missing and Git takes the model as it is."""
    write_model(released)
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    refused = propose(replace(released, environment=alone))
    assert refused.returncode == 1
    assert "models/tflite_models/1.tflite: Git would hold it whole" in refused.stderr
    assert "git lfs install" in refused.stderr
    assert released.run("git", "diff", "--cached", "--name-only").stdout == ""


@pytest.mark.skipif(shutil.which("git-lfs") is None, reason="git-lfs is not installed")
def test_a_clone_gets_the_model_that_was_proposed(released: Workspace, tmp_path: Path) -> None:
    write_model(released)
    released.run("git", "lfs", "install", "--local")
    assert propose(released).returncode == 0
    clone = Workspace(tmp_path / "clone")
    cloning = ("git", "clone", "-q", "-b", "releases/1", "../origin.git", str(clone.root))
    released.run(*cloning, GIT_LFS_SKIP_SMUDGE="1")
    assert clone.path("models/tflite_models/1.tflite").read_text().startswith("version https://git-lfs")
    clone.run("git", "lfs", "install", "--local")
    clone.run("git", "lfs", "pull")
    assert clone.path("models/tflite_models/1.tflite").read_bytes() == MODEL
