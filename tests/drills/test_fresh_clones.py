"""Two fresh clones at full size, the first with an installation of its own: the README's two commands."""

import subprocess
from pathlib import Path

import pytest

from pipeline_parts import made_by_stages
from workspaces import ROOT, Workspace


def clone(folder: Path) -> Workspace:
    subprocess.run(["git", "clone", "-q", ROOT, folder], check=True)
    return Workspace(folder)


@pytest.mark.drill
def test_two_fresh_clones_give_the_same_bytes_and_leave_the_home_folder_alone(tmp_path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    first, second = clone(tmp_path / "first"), clone(tmp_path / "second")
    first.make("repro", home=home, own_modules=False)
    second.path(".venv").symlink_to(first.path(".venv"))
    second.make("--old-file=.venv/installed", "repro", home=home, own_modules=True)
    assert list(home.rglob("*")) == []
    assert made_by_stages(first) == made_by_stages(second)
