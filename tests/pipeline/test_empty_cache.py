"""A clone that has nothing of DVC's: what Git holds is compared, and all else says what is missing."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from claims.base.errors import ClaimsError
from claims.releases.evidence import gather
from workspaces import Workspace


@pytest.fixture(scope="module")
def empty(reproduced: Any, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A clone of a reproduced checkout, without its cache and with no remote."""
    root = tmp_path_factory.mktemp("empty") / "claims-mlops"
    reproduced.workspace.run("git", "clone", "-q", str(reproduced.workspace.root), str(root))
    return Workspace(root)


def attempt(workspace: Workspace, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=workspace.root, env=workspace.variables(), capture_output=True, text=True, check=False
    )


def test_figures_are_compared_with_a_commit(empty: Workspace) -> None:
    empty.replace("metrics/summary.json", {'"roc_auc": 0.': '"roc_auc": 0.0'})
    try:
        shown = empty.run("dvc", "metrics", "diff", "HEAD").stdout
        assert "test.roc_auc" in shown
        comment = empty.run("python", "tools/pull_request_comment.py", "--base", "HEAD").stdout
        assert re.search(r"\| metrics/summary\.json +\| test\.roc_auc +\|", comment)
        refused = attempt(empty, "python", "tools/check_results.py")
        assert (refused.returncode, "metrics/summary.json differ" in refused.stderr) == (1, True)
    finally:
        empty.run("git", "checkout", "-q", "metrics")
    assert attempt(empty, "python", "tools/check_results.py").returncode == 0


def test_a_sweep_asks_for_the_results_first(empty: Workspace) -> None:
    refused = attempt(empty, "python", "tools/sweep.py", "train.dropout=0.3", "--until", "evaluate")
    assert refused.returncode == 1
    assert "the results here are not this commit's. Run `dvc pull`, or `make repro`" in refused.stderr


def test_a_release_has_no_evidence(empty: Workspace) -> None:
    with pytest.raises(ClaimsError, match=r"metrics/\w+\.json: (not there|no such file)"):
        gather(Path(empty.root), 1)


def test_the_summary_names_what_is_missing(empty: Workspace) -> None:
    refused = attempt(empty, "python", "tools/summary.py")
    assert refused.returncode == 1
    assert "metrics/evaluate.json: no such file. Run `dvc repro`, or `dvc pull`." in refused.stderr
    assert "Traceback" not in refused.stderr
