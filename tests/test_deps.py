"""tools/deps.py: what a stage imports and what it depends on are held together."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from workspaces import ROOT


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of what the tool looks at."""
    for name in ("src", "stages", "tools"):
        ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
        shutil.copytree(ROOT / name, tmp_path / name, symlinks=True, ignore=ignored)
    shutil.copy(ROOT / "dvc.yaml", tmp_path)
    return tmp_path


def deps(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "tools/deps.py", *arguments]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)


def replace(tree: Path, name: str, old: str, new: str) -> None:
    text = (tree / name).read_text()
    assert old in text
    (tree / name).write_text(text.replace(old, new, 1))


def test_the_repository_is_in_order(tree: Path) -> None:
    assert deps(tree).returncode == 0


def test_a_new_import_is_noticed_and_mended(tree: Path) -> None:
    replace(
        tree,
        "src/claims/data/windows.py",
        "import numpy as np",
        "import claims.data.pseudonyms\nimport numpy as np",
    )
    found = deps(tree)
    assert found.returncode == 1
    assert "stages/split does not link the modules that the stage imports; run `make deps`" in found.stdout
    assert deps(tree, "--write").returncode == 0
    assert (tree / "stages/split/claims.data.pseudonyms.py").exists()


def test_a_link_too_many_is_noticed(tree: Path) -> None:
    (tree / "stages/split/claims.cli.py").symlink_to("../../src/claims/cli.py")
    assert "stages/split" in deps(tree).stdout


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("      - stages/train\n", "", "train must depend on stages/train and nothing else"),
        ("distill, train, seed]", "distill, train]", "train reads seed of params.yaml, undeclared"),
    ],
)
def test_a_stage_that_declares_too_little_is_noticed(tree: Path, old: str, new: str, said: str) -> None:
    replace(tree, "dvc.yaml", old, new)
    found = deps(tree)
    assert found.returncode == 1
    assert said in found.stdout
