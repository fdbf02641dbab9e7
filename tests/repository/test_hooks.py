"""`make hooks`: Git LFS and DVC on the same hooks, and nothing turned on or off unasked."""

import shutil
import sys
from pathlib import Path

import pytest

from repository.conftest import attempt, clone, flip, outputs, pull
from repository.servers import OURS
from workspaces import ROOT, Workspace

INSTALL = (sys.executable, "tools/hooks.py")


def add_hooks(checkout: Workspace) -> Workspace:
    """The checkout with this project's hooks and LFS patterns, committed; no caller's Git settings."""
    for name in (".githooks", "tools"):
        shutil.copytree(ROOT / name, checkout.path(name), ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".gitattributes", checkout.root)
    alone = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": str(checkout.root.parent / "gitconfig")}
    workspace = Workspace(checkout.root, OURS | alone)
    workspace.run("git", "add", "-A")
    workspace.run("git", "commit", "-qm", "hooks")
    return workspace


@pytest.fixture
def hooked(checkout: Workspace) -> Workspace:
    """With hooks on, and a bare repository as origin."""
    workspace = add_hooks(checkout)
    workspace.run(*INSTALL)
    bare = workspace.root.parent / "origin.git"
    workspace.run("git", "init", "-q", "--bare", str(bare))
    workspace.run("git", "remote", "add", "origin", f"file://{bare}")
    return workspace


def setting(checkout: Workspace, name: str) -> str:
    return attempt(checkout, "git", "config", name).stdout.strip()


def test_a_push_pushes_the_data_as_well(hooked: Workspace) -> None:
    hooked.run("git", "push", "-q", "origin", "HEAD")
    fresh = clone(hooked)
    pull(fresh)
    assert outputs(fresh) == outputs(hooked)


def test_a_corrupt_cache_stops_a_push(hooked: Workspace) -> None:
    flip(next(hooked.path(".dvc/cache").rglob("files/md5/??/*")))
    done = attempt(hooked, "git", "push", "-q", "origin", "HEAD")
    assert done.returncode != 0
    assert "objects are corrupt. Run `claims cache check --heal`" in done.stderr
    assert hooked.run("git", "ls-remote", "origin").stdout == ""
    assert not (hooked.root.parent / "claims-mlops-remote").exists()


def test_without_the_environment_a_push_says_what_to_do(hooked: Workspace, tmp_path: Path) -> None:
    few = tmp_path / "bin"
    few.mkdir()
    for name in ("git", "sh"):
        (few / name).symlink_to(shutil.which(name))
    alone = Workspace(hooked.root, {**hooked.environment, "PATH": str(few)})
    done = attempt(alone, "git", "push", "-q", "origin", "HEAD")
    assert done.returncode != 0
    assert "pre-push: the environment is not set up, so data cannot be pushed. Run `make" in done.stderr
    attempt(alone, "git", "push", "-q", "--no-verify", "origin", "HEAD")
    assert "HEAD" in hooked.run("git", "ls-remote", "origin").stdout


def test_outputs_follow_a_branch(hooked: Workspace) -> None:
    first = outputs(hooked)
    hooked.run("git", "checkout", "-q", "-b", "other")
    hooked.replace("make.py", {"Random(1)": "Random(2)"})
    hooked.run("dvc", "repro", "--quiet")
    hooked.run("git", "commit", "-qam", "other")
    second = outputs(hooked)
    hooked.run("git", "checkout", "-q", "-")
    assert outputs(hooked) == first != second
    hooked.run("git", "checkout", "-q", "other")
    assert outputs(hooked) == second


def test_nothing_is_turned_on_by_cloning_or_committing(checkout: Workspace) -> None:
    assert setting(clone(add_hooks(checkout)), "core.hooksPath") == ""


def test_other_hooks_are_not_turned_off(checkout: Workspace) -> None:
    workspace = add_hooks(checkout)
    own = workspace.path(".git/hooks/pre-commit")
    own.parent.mkdir(exist_ok=True)
    own.write_text("#!/bin/sh\n")
    refused = attempt(workspace, *INSTALL)
    assert refused.returncode == 1
    assert "holds pre-commit, which would no longer run" in refused.stderr
    own.unlink()
    workspace.run("git", "config", "core.hooksPath", "theirs")
    assert "core.hooksPath is theirs" in attempt(workspace, *INSTALL).stderr
    assert setting(workspace, "core.hooksPath") == "theirs"


def test_turning_them_on_twice_is_the_same(hooked: Workspace) -> None:
    before = hooked.path(".git/config").read_text()
    hooked.run(*INSTALL)
    assert hooked.path(".git/config").read_text() == before
    assert setting(hooked, "core.hooksPath") == ".githooks"
