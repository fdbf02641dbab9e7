"""A stage opens nothing that it does not declare: it gives the same bytes where nothing else is."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline_parts import Reproduced
from workspaces import Workspace

LONG = ("tune", "train", "quantize@float16", "quantize@dynamic", "quantize@qat")
STAGES = (
    *("simulate", "extract", "validate", "split", "featurize", "evaluate", "represent"),
    *("quantize@float32", "quantize@int8", "judge", "verify", "report", "track"),
    *(pytest.param(name, marks=pytest.mark.drill) for name in LONG),
)


def lay_out(stage: dict[str, Any], workspace: Workspace, folder: Path) -> None:
    """Link what the stage declares, and nothing else."""
    declared = [entry["path"] for entry in stage.get("deps", ())]
    for name in [*declared, *stage.get("params", {})]:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(workspace.path(name))


def run_alone(stage: dict[str, Any], workspace: Workspace, folder: Path) -> None:
    """Run the stage's command in the folder."""
    environment = {name: value for name, value in workspace.variables().items() if name != "PYTHONPATH"}
    done = subprocess.run(
        ["sh", "-c", stage["cmd"]], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def contents(path: Path) -> dict[str, bytes]:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return {os.path.relpath(file, path): file.read_bytes() for file in files}


@pytest.mark.parametrize("name", STAGES)
def test_what_a_stage_declares_is_all_that_it_needs(
    reproduced: Reproduced, request: pytest.FixtureRequest, tmp_path: Path, name: str
) -> None:
    all_variants = name.startswith("quantize@") and name in LONG
    workspace = request.getfixturevalue("widened").workspace if all_variants else reproduced.workspace
    stage = yaml.safe_load(workspace.path("dvc.lock").read_text())["stages"][name]
    lay_out(stage, workspace, tmp_path)
    run_alone(stage, workspace, tmp_path)
    for out in stage.get("outs", ()):
        assert contents(tmp_path / out["path"]) == contents(workspace.path(out["path"])), out["path"]


def test_a_file_that_is_not_declared_would_be_noticed(reproduced: Reproduced, tmp_path: Path) -> None:
    workspace = reproduced.workspace
    stage = yaml.safe_load(workspace.path("dvc.lock").read_text())["stages"]["split"]
    stage["deps"] = [dep for dep in stage["deps"] if dep["path"] != "data/valid"]
    lay_out(stage, workspace, tmp_path)
    with pytest.raises(AssertionError, match="data/valid: not there"):
        run_alone(stage, workspace, tmp_path)
