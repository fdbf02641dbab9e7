"""One small run of the whole pipeline, shared by the tests that look at what it made."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from workspaces import SMALL, Workspace, make_workspace

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 262957\n"
POINTERS = (
    "models/tflite_models/claims_model/900.tflite",
    "models/saved_model/claims_model/900/saved_model.pb",
)


@dataclass(frozen=True)
class Reproduced:
    """A workspace after `make repro`: what that printed, the bytes that it made, and its user's home.

    Released models lay there as pointers, as in a clone without Git LFS; `pointers` are they afterwards.
    """

    workspace: Workspace
    output: str
    home: Path
    made: dict[str, bytes]
    pointers: dict[str, bytes]


def made_by_stages(workspace: Workspace) -> dict[str, bytes]:
    """Every output of the pipeline, without its timings."""
    found = workspace.bytes_of("data", "models", "metrics")
    return {name: content for name, content in found.items() if "metrics/timing/" not in name}


@pytest.fixture(scope="session")
def reproduced(tmp_path_factory: pytest.TempPathFactory) -> Reproduced:
    workspace = make_workspace(tmp_path_factory.mktemp("first") / "claims-mlops", SMALL)
    home = tmp_path_factory.mktemp("home")
    installed = workspace.use_environment()
    for name in POINTERS:
        workspace.path(name).parent.mkdir(parents=True, exist_ok=True)
        workspace.path(name).write_bytes(POINTER)
    done = workspace.make(f"--old-file={installed}", "repro", home=home, own_modules=True)
    pointers = {name: workspace.path(name).read_bytes() for name in POINTERS}
    for name in POINTERS:
        workspace.path(name).unlink()
        os.removedirs(workspace.path(name).parent)
    workspace.run("git", "add", "-A")
    workspace.run("git", "commit", "-qm", "reproduced")
    return Reproduced(workspace, done.stdout, home, made_by_stages(workspace), pointers)
