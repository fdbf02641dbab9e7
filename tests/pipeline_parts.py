"""Small runs of the whole pipeline, made once for the tests that look at what it made."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from workers import MadeOnce
from workspaces import SMALL, VARIANTS, Workspace, make_workspace

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 262957\n"
POINTERS = (
    "models/tflite_models/claims_model/900.tflite",
    "models/saved_model/claims_model/900/saved_model.pb",
)
FLOAT32 = {"judge.prefer": ["float32"]}
CHECKOUT, HOME, SEEN = "claims-mlops", "home", "seen.json"

SMALL_VARIANTS = [f"quantize@{name}" for name in SMALL["quantize.variants"]]
STAGES = [
    "simulate",
    "extract",
    "validate",
    "split",
    "featurize",
    "tune",
    "train",
    "evaluate",
    "represent",
    *SMALL_VARIANTS,
    "judge",
    "verify",
    "report",
    "track",
]


@dataclass(frozen=True)
class Reproduced:
    """A workspace of this worker's own after `make repro`, with what was seen of that.

    Attributes
    ----------
    workspace
        May be changed, and has to be put back.
    whole
        The same, which nobody changes.
    output
        What `make repro` printed.
    home
        Its user's home.
    made
        The bytes that it made.
    pointers
        Released models that lay there as pointers, as in a clone without Git LFS, as they were afterwards.
    """

    workspace: Workspace
    whole: Workspace
    output: str
    home: Path
    made: dict[str, bytes]
    pointers: dict[str, bytes]

    def copy(self, root: Path) -> Workspace:
        """Return a checkout in another folder, to be changed."""
        return self.whole.copy(root)


def made_by_stages(workspace: Workspace) -> dict[str, bytes]:
    """Return every output of the pipeline, without its timings."""
    files = workspace.bytes_of("data", "models", "metrics")
    return {name: content for name, content in files.items() if "metrics/timing/" not in name}


@pytest.fixture(scope="session")
def reproduced(made_once: MadeOnce, tmp_path_factory: pytest.TempPathFactory) -> Reproduced:
    folder = made_once("reproduced", run_pipeline)
    whole, seen = Workspace(folder / CHECKOUT), json.loads((folder / SEEN).read_text())
    pointers = {name: text.encode() for name, text in seen["pointers"].items()}
    own = whole.copy(tmp_path_factory.mktemp("reproduced") / CHECKOUT)
    return Reproduced(own, whole, seen["output"], folder / HOME, made_by_stages(whole), pointers)


def run_pipeline(folder: Path) -> None:
    """Run `make repro` in a new workspace, commit what it made, and note what was seen."""
    workspace = make_workspace(folder / CHECKOUT, SMALL)
    (folder / HOME).mkdir()
    installed = workspace.use_environment()
    for name in POINTERS:
        workspace.path(name).parent.mkdir(parents=True, exist_ok=True)
        workspace.path(name).write_bytes(POINTER)
    done = workspace.make(f"--old-file={installed}", "repro", home=folder / HOME, own_modules=True)
    pointers = {name: workspace.path(name).read_text() for name in POINTERS}
    for name in POINTERS:
        workspace.path(name).unlink()
        os.removedirs(workspace.path(name).parent)
    workspace.run("git", "add", "-A")
    workspace.run("git", "commit", "-qm", "reproduced")
    (folder / SEEN).write_text(json.dumps({"output": done.stdout, "pointers": pointers}))


@dataclass(frozen=True)
class Widened:
    """A workspace after a second run that makes every variant, and the stages that this ran."""

    workspace: Workspace
    ran: list[str]


@pytest.fixture(scope="session")
def widened(reproduced: Reproduced, tmp_path_factory: pytest.TempPathFactory) -> Widened:
    workspace = reproduced.copy(tmp_path_factory.mktemp("widened") / CHECKOUT)
    workspace.set_params({"quantize.variants": list(VARIANTS)})
    return Widened(workspace, workspace.ran(workspace.run("dvc", "repro").stdout))


@pytest.fixture(scope="session")
def preferring_float32(made_once: MadeOnce, reproduced: Reproduced) -> Workspace:
    """A checkout whose run ships float32, which nobody changes: others take its runs instead of their own."""

    def run_again(folder: Path) -> None:
        workspace = reproduced.copy(folder / CHECKOUT)
        workspace.set_params(FLOAT32)
        workspace.run("dvc", "repro", "--quiet")

    return Workspace(made_once("float32", run_again) / CHECKOUT)
