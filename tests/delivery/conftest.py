"""A small pipeline in a Git and DVC repository of its own, a bare repository and a folder as its remotes."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from workspaces import ROOT, SMALL, Workspace, make_workspace

PIPELINE = """\
stages:
  train:
    cmd: python train.py
    deps: [train.py]
    params: [train]
    outs: [models/candidate]
    metrics: [metrics/summary.json: {cache: false}]
    plots: [metrics/plots/roc.png: {cache: false}]
"""
CONFIG = """\
[core]
    analytics = false
    remote = team
['remote "team"']
    url = ../../remote
['remote "bucket"']
    url = s3://claims/data
"""
TRAIN = """\
import json, pathlib, yaml
rate = yaml.safe_load(open("params.yaml"))["train"]["rate"]
for folder in ("models", "metrics/plots"):
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
pathlib.Path("models/candidate").write_text(f"model of {rate}")
pathlib.Path("metrics/summary.json").write_text(json.dumps({"test": {"roc_auc": 0.8 + rate}}))
pathlib.Path("metrics/plots/roc.png").write_bytes(b"plot of %f" % rate)
"""


@dataclass(frozen=True)
class Shared:
    """A repository whose commits and data others can reach."""

    workspace: Workspace
    origin: Path
    data: Path

    def clone(self, name: str) -> Workspace:
        """Another person's checkout, beside the first."""
        subprocess.run(["git", "clone", "-q", self.origin, self.origin.parent / name], check=True)
        return Workspace(self.origin.parent / name)


def tool(name: str, workspace: Workspace, *arguments: str, said: str = "", **more: str):
    """Run one of tools/ in a workspace; it may fail."""
    command = [sys.executable, str(ROOT / "tools" / f"{name}.py"), *arguments]
    environment = workspace.variables(PYTHONPATH=str(ROOT / "src"), **more)
    return subprocess.run(
        command, cwd=workspace.root, env=environment, input=said, capture_output=True, text=True, check=False
    )


def git_repository(root: Path) -> Workspace:
    """An empty repository with a branch main."""
    root.mkdir(parents=True)
    repository = Workspace(root)
    repository.run("git", "init", "-q", "-b", "main")
    return repository


def commit(workspace: Workspace, message: str) -> str:
    """Commit everything; returns the commit."""
    workspace.run("git", "add", "-A")
    workspace.run("git", "commit", "-qm", message)
    return workspace.run("git", "rev-parse", "HEAD").stdout.strip()


FIRST_STAGES = ("simulate", "extract", "validate", "split")


def shortened(folder: Path, changes: dict[str, str | None]) -> Workspace:
    """A workspace whose pipeline ends with the splits."""
    workspace = make_workspace(folder / "claims-mlops", SMALL | changes)
    pipeline = yaml.safe_load(workspace.path("dvc.yaml").read_text())
    pipeline["stages"] = {name: pipeline["stages"][name] for name in FIRST_STAGES}
    workspace.path("dvc.yaml").write_text(yaml.safe_dump(pipeline))
    workspace.path("dvc.lock").unlink()
    return workspace


@pytest.fixture(scope="session")
def pushed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pipeline that ran, committed and pushed, with its data on a remote: three folders."""
    root = tmp_path_factory.mktemp("pushed")
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", root / "origin.git"], check=True)
    workspace = git_repository(root / "first")
    for name, text in {
        "dvc.yaml": PIPELINE,
        "train.py": TRAIN,
        "params.yaml": "train: {rate: 0.05}\n",
        ".gitignore": "/.cache/\n",
    }.items():
        workspace.path(name).write_text(text)
    workspace.run("dvc", "init", "-q")
    workspace.path(".dvc/config").write_text(CONFIG)
    workspace.run("dvc", "repro", "-q")
    workspace.run("dvc", "push", "-q")
    commit(workspace, "start")
    workspace.run("git", "remote", "add", "origin", "../origin.git")
    workspace.run("git", "push", "-q", "--set-upstream", "origin", "main")
    return root


@pytest.fixture
def shared(pushed: Path, tmp_path: Path) -> Shared:
    """A copy of it, for one test."""
    root = tmp_path / "shared"
    shutil.copytree(pushed, root, symlinks=True)
    return Shared(Workspace(root / "first"), root / "origin.git", root / "remote")
