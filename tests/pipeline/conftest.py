"""One small run of the whole pipeline, shared by the tests that look at what it made."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from workspaces import SMALL, Workspace, make_workspace


@dataclass(frozen=True)
class Reproduced:
    """A workspace after `make repro`: what that printed, the bytes that it made, and its user's home."""

    workspace: Workspace
    output: str
    home: Path
    made: dict[str, bytes]


def made_by_stages(workspace: Workspace) -> dict[str, bytes]:
    """Every output of the pipeline, without its timings."""
    found = workspace.bytes_of("data", "models", "metrics")
    return {name: content for name, content in found.items() if "metrics/timing/" not in name}


@pytest.fixture(scope="session")
def reproduced(tmp_path_factory: pytest.TempPathFactory) -> Reproduced:
    workspace = make_workspace(tmp_path_factory.mktemp("first") / "claims-mlops", SMALL)
    home = tmp_path_factory.mktemp("home")
    installed = workspace.use_environment()
    done = workspace.make(f"--old-file={installed}", "repro", home=home, own_modules=True)
    workspace.run("git", "add", "-A")
    workspace.run("git", "commit", "-qm", "reproduced")
    return Reproduced(workspace, done.stdout, home, made_by_stages(workspace))
