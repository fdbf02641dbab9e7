"""Clones: outputs from the checkout's cache; stages run by one DVC, each told once it is done."""

import shutil
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from claims.base.errors import ReleaseError
from claims.releases.differences import Lock
from claims.reproduction.clone import Clone, clean_clone
from workspaces import Workspace, ended, wait_until

PIPELINE = """\
stages:
  first:
    cmd: echo first >> ran && echo 1 > first.txt
    outs: [first.txt]
  second:
    cmd: echo second >> ran && cat first.txt first.txt > second.txt
    deps: [first.txt]
    outs: [second.txt]
  third:
    cmd: echo third >> ran && {third}
    deps: [second.txt]
    outs: [third.txt]
"""


def make_clone(root: Path, third: str = "cp second.txt third.txt") -> Clone:
    """A repository of three stages, none of which has run."""
    root.mkdir()
    workspace = Workspace(root)
    workspace.run("git", "init", "-q")
    workspace.run("dvc", "init", "-q")
    workspace.path("dvc.yaml").write_text(PIPELINE.format(third=third))
    return Clone(root, root / ".dvc" / "cache")


def make_recorded(root: Path) -> Clone:
    """A repository whose stages have run, as its commit says."""
    clone, workspace = make_clone(root), Workspace(root)
    list(clone.run_stages(["first", "second", "third"]))
    workspace.run("git", "add", "-A")
    workspace.run("git", "commit", "-qm", "made")
    return clone


def ran(clone: Clone) -> list[str]:
    return (clone.root / "ran").read_text().split()


def test_each_stage_is_told_in_order_once_the_lock_has_its_outputs(tmp_path: Path) -> None:
    clone, told = make_clone(tmp_path / "clone"), []
    for stage in clone.run_stages(["first", "second", "third"]):
        assert f"{stage}.txt" in Lock.read(clone.root / "dvc.lock").outputs[stage]
        told.append(stage)
    assert told == ran(clone) == ["first", "second", "third"]


def test_what_is_up_to_date_runs_again_and_nothing_else_does(tmp_path: Path) -> None:
    clone = make_clone(tmp_path / "clone")
    list(clone.run_stages(["first", "second", "third"]))
    assert list(clone.run_stages(["second"])) == ["second"]
    assert ran(clone) == ["first", "second", "third", "second"]


def test_no_stage_is_no_run(tmp_path: Path) -> None:
    clone = make_clone(tmp_path / "clone")
    assert list(clone.run_stages([])) == []
    assert not (clone.root / "ran").exists()


def test_a_failing_stage_is_named_after_those_that_ran(tmp_path: Path) -> None:
    clone, told = make_clone(tmp_path / "clone", "false"), []
    with pytest.raises(ReleaseError, match=r"dvc repro third: failed to reproduce 'third'"):
        told.extend(clone.run_stages(["first", "second", "third"]))
    assert ran(clone) == ["first", "second", "third"]


def test_leaving_ends_the_run(tmp_path: Path) -> None:
    clone = make_clone(tmp_path / "clone", "sleep 60")
    with closing(clone.run_stages(["first", "second", "third"])) as stages:
        assert (next(stages), next(stages)) == ("first", "second")
        wait_until(lambda: "third" in ran(clone), "the third stage")
        (dvc,) = (child for child in psutil.Process().children() if "repro" in child.cmdline())
        started = [dvc, *dvc.children(recursive=True)]
    assert len(started) >= 2
    wait_until(lambda: ended(started), "the end of all that was started", seconds=10)


def test_outputs_come_from_the_cache_of_the_checkout(tmp_path: Path) -> None:
    """A clone of the commit has neither a cache nor a remote of its own."""
    origin = make_recorded(tmp_path / "origin")
    with clean_clone(origin.root, "HEAD", tmp_path / "kept") as clone:
        assert clone.pull(["first.txt", "second.txt"])
        assert (clone.root / "second.txt").read_text() == "1\n1\n"
        assert not (clone.root / "third.txt").exists()
        assert not clone.pull(["fourth.txt"])


def test_an_output_that_is_nowhere_is_not_pulled(tmp_path: Path) -> None:
    origin = make_recorded(tmp_path / "origin")
    shutil.rmtree(origin.cache)
    with clean_clone(origin.root, "HEAD", tmp_path / "kept") as clone:
        assert not clone.pull(["first.txt"])
