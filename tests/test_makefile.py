"""The Makefile: commands that explain themselves, and refusals that say what to do."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from workspaces import ROOT

TEXT = (ROOT / "Makefile").read_text(encoding="utf-8")
COMMANDS = [name for name in re.search(r"^\.PHONY: (.*)$", TEXT, re.M)[1].split() if name != "help"]


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    shutil.copy(ROOT / "Makefile", folder)
    alone = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", *arguments], cwd=folder, env=alone, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_make_alone_explains_the_command_in_a_line_of_80_columns(tmp_path, command: str) -> None:
    (line,) = re.findall(rf"^  make {command} +\S.*$", make(tmp_path).stdout, re.M)
    assert len(line) <= 80


def test_python_keeps_its_docstrings_and_checks_whatever_is_exported(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PYTHONOPTIMIZE", "2")
    assert make(tmp_path, "--eval", "show: ; @echo [$$PYTHONOPTIMIZE]", "show").stdout.strip() == "[]"


def test_an_unfit_python_is_refused_before_anything_is_installed(tmp_path) -> None:
    for name in ("requirements.txt", "pyproject.toml"):
        (tmp_path / name).touch()
    done = make(tmp_path, "setup", "PYTHON=false")
    assert done.returncode != 0
    assert "needs Python 3.11, 3.12 or 3.13" in done.stdout
    assert not (tmp_path / ".venv").exists()


def test_another_active_environment_is_left_alone(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", "/somewhere/else")
    shown = make(tmp_path, "--eval", "show: ; @echo $$VIRTUAL_ENV", "show").stdout.strip()
    assert shown == str(tmp_path / ".venv")


def test_the_lock_names_every_package_with_its_hash() -> None:
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    blocks = re.findall(r"^(\S+==\S+)(.*?)(?=^\S|\Z)", lock, re.M | re.S)
    assert len(blocks) > 100
    assert [name for name, block in blocks if "--hash=sha256:" not in block] == []


def test_the_lock_names_no_registry() -> None:
    assert "http://" not in (lock := (ROOT / "requirements.txt").read_text(encoding="utf-8"))
    assert "https://" not in lock
