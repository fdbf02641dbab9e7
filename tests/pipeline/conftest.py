"""One small run of the whole pipeline, shared by the tests that look at what it made."""

from dataclasses import dataclass

import pytest

from workspaces import SMALL, Workspace, make_workspace


@dataclass(frozen=True)
class Reproduced:
    """A workspace after `dvc repro`: what that printed, and the bytes that it made."""

    workspace: Workspace
    output: str
    made: dict[str, bytes]


def made_by_stages(workspace: Workspace) -> dict[str, bytes]:
    """Every output of the pipeline, without its timings."""
    found = workspace.bytes_of("data", "models", "metrics")
    return {name: content for name, content in found.items() if "metrics/timing/" not in name}


@pytest.fixture(scope="session")
def reproduced(tmp_path_factory: pytest.TempPathFactory) -> Reproduced:
    workspace = make_workspace(tmp_path_factory.mktemp("first") / "claims-mlops", SMALL)
    done = workspace.run("dvc", "repro")
    workspace.run("git", "add", "-A")
    workspace.run("git", "commit", "-qm", "reproduced")
    return Reproduced(workspace, done.stdout, made_by_stages(workspace))
