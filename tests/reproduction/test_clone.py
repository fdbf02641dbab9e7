"""Stages of a clone, run by one DVC: each is told once it is done, and leaving ends the run."""

from contextlib import closing
from pathlib import Path

import psutil
import pytest

from claims.base.errors import ReleaseError
from claims.releases.differences import Lock
from claims.reproduction.clone import Clone
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
