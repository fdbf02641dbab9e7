"""Experiments compared as a DVC user expects, and a grid of them that leaves the workspace as it was."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil
import pytest

from pipeline_parts import Reproduced
from workspaces import SMALL, Workspace, stages_of, wait_until

GRID = "quantize.num_calibration_samples=50,200"  # 50 is illegal
NAME = "quantize.num_calibration_samples-200"
TREES, STAGES = "model.family-gbm", ("evaluate", "train")


@dataclass(frozen=True)
class Swept:
    """A workspace after a sweep, what that printed, and the workspace's files before it."""

    workspace: Workspace
    done: subprocess.CompletedProcess[str]
    before: dict[str, bytes]

    def json(self, *command: str) -> list | dict:
        return json.loads(self.workspace.run("dvc", *command, "--json").stdout)

    def head(self) -> dict:
        """The commit's row of `dvc exp show`, with its experiments."""
        return self.json("exp", "show")[-1]


def sweep(workspace: Workspace, *grid: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "tools/sweep.py", *grid],
        cwd=workspace.root,
        env=workspace.variables(),
        capture_output=True,
        text=True,
        check=False,
    )


def files_of(workspace: Workspace) -> dict[str, bytes]:
    contents = workspace.bytes_of("data", "models", "metrics") | {
        name: workspace.path(name).read_bytes() for name in ("params.yaml", "dvc.lock")
    }
    return {name: content for name, content in contents.items() if "timing" not in name}


@pytest.fixture(scope="module")
def swept(reproduced: Reproduced) -> Swept:
    before = files_of(reproduced.workspace)
    return Swept(reproduced.workspace, sweep(reproduced.workspace, GRID), before)


def test_the_workspace_is_as_it_was(swept: Swept) -> None:
    assert files_of(swept.workspace) == swept.before
    assert swept.workspace.run("git", "status", "--porcelain", "--untracked-files=no").stdout == ""
    assert swept.json("status") == {}


def test_a_failed_experiment_is_said_and_shows_no_figures(swept: Swept) -> None:
    assert swept.done.returncode == 1, swept.done.stderr
    assert "failed: represent: params.yaml" in swept.done.stdout
    (row,) = [
        line
        for line in swept.done.stdout.splitlines()
        if line.startswith("| quantize.num_calibration_samples-50 ")
    ]
    assert [cell.strip() for cell in row.split("|")[3:-1] if cell.strip()] == ["failed"]


def test_the_table_has_each_experiment_with_its_figures_best_validation_first(swept: Swept) -> None:
    lines = [line for line in swept.done.stdout.splitlines() if line.startswith("|")]
    heading, _, *rows = ([cell.strip() for cell in line.split("|")[1:-1]] for line in lines)
    made = [row for row in rows if "failed" not in row]
    assert {row[0] for row in made} == {"(as committed)", NAME}
    validation = [float(row[heading.index("validation ROC-AUC")]) for row in made]
    assert validation == sorted(validation, reverse=True)
    summary = json.loads(swept.workspace.path("metrics/summary.json").read_text())
    (committed,) = [row for row in made if row[0] == "(as committed)"]
    assert float(committed[heading.index("test ROC-AUC")]) == round(summary["test"]["roc_auc"], 4)


def test_experiments_are_compared_in_80_columns(swept: Swept) -> None:
    terminal = {"COLUMNS": "80", "TTY_COMPATIBLE": "1", "TERM": "dumb"}
    shown = swept.workspace.run(sys.executable, "tools/experiments.py", **terminal).stdout
    assert max(map(len, shown.splitlines())) <= 80
    changed, value = NAME.rsplit("-", 1)
    assert f"{changed}={value}" in shown.split()
    summary = json.loads(swept.workspace.path("metrics/summary.json").read_text())
    for split in ("validation", "test"):
        assert f"{summary[split]['roc_auc']:.4f}" in shown


def test_a_change_of_quantize_reruns_quantize_and_what_follows_alone(swept: Swept) -> None:
    said = swept.workspace.path(f".cache/sweep/{NAME}.log").read_text()
    variants = [f"quantize@{name}" for name in SMALL["quantize.variants"]]
    assert swept.workspace.ran(said) == ["represent", *variants, "judge", "verify", "report", "track"]


def test_an_experiment_that_is_there_is_not_run_again(swept: Swept) -> None:
    again = sweep(swept.workspace, GRID.replace("50,", ""))
    assert again.returncode == 0, again.stderr
    assert f"there already, as {NAME}" in again.stdout


def test_a_sweep_refuses_to_lose_changes(swept: Swept) -> None:
    swept.workspace.set_params({"seed": 8})
    try:
        done = sweep(swept.workspace, GRID)
    finally:
        swept.workspace.run("git", "checkout", "-q", "params.yaml")
    assert done.returncode == 1
    assert done.stderr == (
        "sweep: files that Git tracks have changed. Commit or restore them first (`git status`).\n"
    )


def test_an_interrupted_sweep_leaves_the_workspace_as_it_was(swept: Swept) -> None:
    workspace = swept.workspace
    command = [sys.executable, "tools/sweep.py", "quantize.num_calibration_samples=400"]
    running = psutil.Popen(
        command,
        cwd=workspace.root,
        env=workspace.variables(),
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a background job ignores it
    )
    wait_until(lambda: bool(stages_of(running)), "a stage")
    os.killpg(running.pid, signal.SIGINT)
    _, said = running.communicate(timeout=120)
    assert running.returncode == 1
    assert said.decode().splitlines()[-1].startswith("sweep: interrupted")
    assert files_of(workspace) == swept.before
    assert swept.json("status") == {}


def test_a_grid_that_is_none_is_refused(swept: Swept) -> None:
    done = sweep(swept.workspace, "train.dropout")
    assert done.returncode == 1
    assert "Write section.key=value,value" in done.stderr


def test_the_columns_are_parameters_and_the_figures_that_are_compared(swept: Swept) -> None:
    data = swept.head()["data"]
    params = data["params"]["params.yaml"]["data"]
    assert {"learning_rate", "batch_size", "layers"} <= params["train"].keys()
    assert set(data["metrics"]) == {"metrics/summary.json", "metrics/shipped.json"}
    figures = {name: part for file in data["metrics"].values() for name, part in file["data"].items()}
    assert set(figures) == {"train", "validation", "test", "shipped"}
    assert all("roc_auc" in part for part in figures.values())
    assert sum(map(len, figures.values())) <= 15


def test_an_experiment_is_tied_to_its_commit_with_parameters_metrics_and_model(swept: Swept) -> None:
    head = swept.head()
    assert head["rev"] == swept.workspace.run("git", "rev-parse", "HEAD").stdout.strip()
    (experiment,) = head["experiments"]
    assert experiment["name"] == NAME
    data = experiment["revs"][0]["data"]
    assert data["params"]["params.yaml"]["data"]["quantize"]["num_calibration_samples"] == 200
    assert data["metrics"]["metrics/shipped.json"]["data"]["shipped"]["roc_auc"] > 0.5
    assert data["outs"]["models/claims_model.tflite"]["use_cache"]


def test_exp_diff_names_what_differs(swept: Swept) -> None:
    difference = swept.json("exp", "diff", "HEAD", NAME)
    changed = difference["params"]["params.yaml"]["quantize.num_calibration_samples"]
    assert (changed["old"], changed["new"]) == (300, 200)
    assert set(difference["metrics"]) == {"metrics/shipped.json"}
    assert difference["metrics"]["metrics/shipped.json"]


def test_plots_diff_draws_both(swept: Swept) -> None:
    drawn = swept.json("plots", "diff", "HEAD", NAME)
    assert "metrics/plots/training.csv" in "".join(drawn["data"])
    curves = [plot for name, plots in drawn["data"].items() if "roc.png" in name for plot in plots]
    assert {revision for plot in curves for revision in plot["revisions"]} == {"HEAD", NAME}


def test_metrics_of_one_stage_are_shown_by_their_file(swept: Swept) -> None:
    shown = swept.json("metrics", "show", "metrics/judge.json")
    assert "int8" in json.dumps(shown)


def test_an_experiment_becomes_a_branch(swept: Swept) -> None:
    swept.workspace.run("dvc", "exp", "branch", NAME, "wider")
    params = swept.workspace.run("git", "show", "wider:params.yaml").stdout
    assert "num_calibration_samples: 200" in params


@contextmanager
def applied(workspace: Workspace, name: str) -> Iterator[None]:
    """An experiment's files, for as long as the block."""
    workspace.run("dvc", "exp", "apply", name)
    try:
        yield
    finally:
        workspace.run("git", "checkout", "-q", "HEAD", "--", "params.yaml", "dvc.lock", "metrics")
        workspace.run("dvc", "checkout", "--quiet")


def test_an_experiment_is_applied_and_taken_back(swept: Swept) -> None:
    workspace = swept.workspace
    with applied(workspace, NAME):
        assert "num_calibration_samples: 200" in workspace.path("params.yaml").read_text()
        model = workspace.path("models/claims_model.tflite").read_bytes()
        assert model != swept.before["models/claims_model.tflite"]
        assert swept.json("status") == {}
    assert files_of(workspace) == swept.before


def test_the_experiment_left_live_curves_that_git_ignores(swept: Swept) -> None:
    assert json.loads(swept.workspace.path("dvclive/metrics.json").read_text())["step"] >= 0
    assert "dvclive" not in swept.workspace.run("git", "status", "--porcelain").stdout


@pytest.fixture(scope="module")
def trees(swept: Swept) -> Iterator[subprocess.CompletedProcess[str]]:
    """What the sweep of the family gbm printed; its experiment is there as long as the tests below."""
    yield sweep(swept.workspace, "model.family=gbm", "--until", "evaluate")
    swept.workspace.run("dvc", "exp", "remove", TREES)


def test_trees_alone_join_the_table_without_what_cannot_ship(swept: Swept, trees) -> None:
    assert trees.returncode == 0, trees.stdout + trees.stderr
    heading, *rows = (line for line in trees.stdout.splitlines() if line.startswith("|"))
    assert "shipped" not in heading
    (row,) = [row for row in rows if row.startswith(f"| {TREES} | gbm |")]
    assert "–" not in row
    assert files_of(swept.workspace) == swept.before


def test_trees_alone_are_measured_in_the_same_files(swept: Swept, trees) -> None:
    network, root = json.loads(swept.before["metrics/evaluate.json"]), swept.workspace.root
    with applied(swept.workspace, TREES):
        measured, trained = (json.loads((root / f"metrics/{name}.json").read_text()) for name in STAGES)
        assert not (root / "models/candidate/claims.weights.h5").exists()
    assert trained["family"] == "gbm"
    assert measured.keys() == network.keys() - {"anomaly"}
    assert measured["test"].keys() == network["test"].keys()
    assert measured["test"] == measured["baselines"]["boosting"] != network["test"]
