"""A repository whose history holds two datasets of claims that lie outside it, made once for all tests."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from workspaces import SMALL, Workspace, make_workspace

KEY = "the key of a test's claims"
FIRST, SECOND = "2025-10-01", "2026-02-01"  # first days that are no longer read


@dataclass(frozen=True)
class History:
    """The workspace, the database outside it, and the commits that made each dataset.

    Attributes
    ----------
    first, second
        Commits; the first is tagged ``data/1``.
    later
        Changes `dvc.lock` and no claims.
    """

    workspace: Workspace
    database: Path
    first: str
    second: str
    later: str

    @property
    def root(self) -> Path:
        return self.workspace.root

    def run(self, *command: str, **environment: str) -> str:
        return self.workspace.run(*command, **environment).stdout

    def recorded(self, revision: str) -> dict:
        """metrics/extract.json at a revision."""
        return json.loads(self.run("git", "show", f"{revision}:metrics/extract.json"))

    def commit(self, message: str) -> str:
        self.run("git", "add", "-A")
        self.run("git", "commit", "-qm", message)
        return self.run("git", "rev-parse", "HEAD").strip()

    def copy(self, folder: Path) -> "History":
        """The same in another folder, to be changed."""
        return History(self.workspace.copy(folder), self.database, self.first, self.second, self.later)


@pytest.fixture(scope="session")
def history(demo, tmp_path_factory) -> History:
    """Two datasets: claims received before October 2025, and before February 2026."""
    root = tmp_path_factory.mktemp("history") / "claims-mlops"
    outside = {"source.url": demo.url, "source.watch": str(demo.database), "source.until": FIRST}
    made = make_workspace(root, SMALL | outside)
    made.run("git", "rm", "-q", "dvc.lock")  # of claims that are not here
    dag = yaml.safe_load(made.path("dvc.yaml").read_text(encoding="utf-8"))
    dag["stages"] = {name: dag["stages"][name] for name in ("extract", "validate")}  # the rest takes long
    made.path("dvc.yaml").write_text(yaml.safe_dump(dag), encoding="utf-8")
    made.run("git", "commit", "-q", "--all", "--amend", "-m", "start")
    repository = History(Workspace(root, {"CLAIMS_HASH_KEY": KEY}), demo.database, "", "", "")
    repository.run("dvc", "repro")
    first = repository.commit("first")
    repository.run("git", "tag", "data/1")
    made.set_params({"source.until": SECOND})
    repository.run("dvc", "repro")
    second = repository.commit("second")
    made.set_params({"validate.max_quarantined": 0.03})
    repository.run("dvc", "repro")
    return History(repository.workspace, demo.database, first, second, repository.commit("later"))


@pytest.fixture
def own_history(history, tmp_path) -> History:
    """A copy that the test may change."""
    return history.copy(tmp_path / "claims-mlops")
