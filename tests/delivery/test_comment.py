"""The comment of a pull request: differing metrics, parameters, plots, and what is not committed."""

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from delivery.conftest import Shared, commit, tool
from workspaces import Workspace

LINK = "https://github.com/owner/name/blob"


class Changed(NamedTuple):
    """A branch with another rate, its results committed; its two commits, and the comment on it."""

    workspace: Workspace
    base: str
    head: str
    text: str


@pytest.fixture(scope="module")
def changed(pushed: Path, tmp_path_factory: pytest.TempPathFactory) -> Changed:
    root = tmp_path_factory.mktemp("changed") / "shared"
    shutil.copytree(pushed, root, symlinks=True)
    workspace = Workspace(root / "first")
    base = workspace.run("git", "rev-parse", "HEAD").stdout.strip()
    workspace.run("git", "switch", "-qc", "faster")
    workspace.replace("params.yaml", {"0.05": "0.07"})
    workspace.run("dvc", "repro", "-q")
    head = commit(workspace, "faster")
    text = tool("pull_request_comment", workspace, "--base", "origin/main", "--link", LINK).stdout
    return Changed(workspace, base, head, text)


def row(text: str, *cells: str) -> bool:
    """Whether a table has a row of these cells."""
    rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines())
    return list(cells) in list(rows)


def test_metrics_and_parameters_stand_beside_those_of_the_base(changed: Changed) -> None:
    assert row(changed.text, "Path", "Metric", "base", "workspace", "Change")
    assert row(changed.text, "metrics/summary.json", "test.roc_auc", "0.85", "0.87", "0.02")
    assert row(changed.text, "params.yaml", "train.rate", "0.05", "0.07")
    assert "Not committed" not in changed.text


def test_plots_are_shown_as_the_two_commits_hold_them(changed: Changed) -> None:
    before, after = (
        f"![roc]({LINK}/{revision}/metrics/plots/roc.png?raw=true)"
        for revision in (changed.base, changed.head)
    )
    assert row(changed.text, before, after)


def test_a_branch_is_described_from_elsewhere_and_main_may_have_gone_on(changed: Changed) -> None:
    workspace = changed.workspace
    workspace.run("git", "switch", "-q", "main")
    workspace.replace("params.yaml", {"0.05": "0.09"})
    commit(workspace, "main went on")
    text = tool("pull_request_comment", workspace, "--base", "main", "--now", "faster").stdout
    assert f"Compared with {changed.base[:12]}" in text
    assert row(text, "metrics/summary.json", "test.roc_auc", "0.85", "0.87", "0.02")
    assert "0.09" not in text


def test_a_plot_that_is_new_has_nothing_before(shared: Shared) -> None:
    shared.workspace.path("metrics/plots/new.png").write_bytes(b"new")
    head = commit(shared.workspace, "a plot")
    text = tool("pull_request_comment", shared.workspace, "--link", LINK).stdout
    assert row(text, "–", f"![new]({LINK}/{head}/metrics/plots/new.png?raw=true)")


def test_nothing_that_differs_is_said_in_words(shared: Shared) -> None:
    text = tool("pull_request_comment", shared.workspace).stdout
    assert "No metric differs." in text
    assert "No parameter differs." in text
    assert "plots differ" not in text


def test_results_that_are_not_committed_are_marked_before_the_tables(shared: Shared) -> None:
    shared.workspace.replace("params.yaml", {"0.05": "0.07"})
    commit(shared.workspace, "a rate without its results")
    shared.workspace.run("dvc", "repro", "-q")
    text = tool("pull_request_comment", shared.workspace).stdout
    assert text.index("**Not committed**") < text.index("### Metrics")
    assert "0.87" in text


def test_no_comment_is_longer_than_github_takes(shared: Shared) -> None:
    many = "\n".join(f"  value_{number}: 1" for number in range(3_000))
    shared.workspace.path("params.yaml").write_text(f"train:\n  rate: 0.05\n{many}\n")
    text = tool("pull_request_comment", shared.workspace).stdout
    assert 50_000 < len(text) <= 60_000
    assert "… cut here" in text


def test_an_unknown_base_is_said_in_one_line(shared: Shared) -> None:
    refused = tool("pull_request_comment", shared.workspace, "--base", "origin/nowhere")
    assert refused.returncode == 1
    assert refused.stderr.startswith("pull_request_comment: git merge-base origin/nowhere HEAD:")
