"""What a run was, gathered from files."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from claims.base.errors import ResultsError, TrackingError
from claims.results.files import write_metrics
from claims.tracking.commit import commit_of
from claims.tracking.run import Run
from metrics_parts import SCORES, evaluate_metrics, train_metrics
from tracking.conftest import Results, write_results


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=tests", "-c", "user.email=tests"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    (folder / "metrics").mkdir(parents=True)
    for name in ("params.yaml", "code.py", "metrics/train.json"):
        (folder / name).write_text("1\n")
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "start")
    return folder


def test_a_run_has_every_parameter_by_its_path(results: Results) -> None:
    run, train = results.gather(), results.params.train
    assert run.params["train.learning_rate"] == train.learning_rate
    assert run.params["tracking"] == list(results.params.tracking)
    assert run.params["contract"] == results.params.contract
    assert "validate.max_quarantined" in run.params


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_a_run_has_the_metrics_and_the_confusion_matrix_of_each_split(results: Results, split: str) -> None:
    report = json.loads((results.metrics / "evaluate.json").read_text())[split]
    metrics = results.gather().metrics
    assert metrics[f"{split}/roc_auc"] == report["roc_auc"]
    assert {name: metrics[f"{split}/confusion/{name}"] for name in report["confusion"]} == report["confusion"]


def test_a_run_has_its_curves_plots_model_and_data_checksum(results: Results) -> None:
    run = results.gather()
    assert run.curves == {"training/loss": [0.7, 0.5], "training/val_loss": [0.6, 0.55]}
    assert [plot.stem for plot in run.plots] == ["confusion", "roc"]
    assert run.models == [results.model]
    assert run.tags["data_checksum"] == f"{1:064x}"


def test_trees_alone_have_nothing_of_the_network_that_was_there_before(results: Results) -> None:
    write_metrics(results.metrics / "train.json", train_metrics(family="gbm"))
    (results.metrics / "shipped.json").write_text("{}")
    run = results.gather()
    assert run.models == []
    assert not [name for name in run.metrics if name.startswith("int8/")]
    assert {report.name for report in run.reports} == {"evaluate.json", "extract.json", "train.json"}


def test_a_search_is_gathered_with_its_table_and_plot(results: Results) -> None:
    for name in ("trials.csv", "trials.png"):
        (results.metrics / "plots" / name).write_text("trial\n")
    run = results.gather()
    assert "trials.csv" in {report.name for report in run.reports}
    assert "trials" in {plot.stem for plot in run.plots}


def test_what_is_no_number_is_no_metric(results: Results) -> None:
    unranked = SCORES.model_copy(update={"roc_auc": None, "rows": 3})
    write_metrics(results.metrics / "evaluate.json", evaluate_metrics(test=unranked))
    metrics = results.gather().metrics
    no_numbers = {"test/roc_auc", "maturity/test", "variants/int8/gate/overall/flips/passes", "winner"}
    assert metrics.keys() & no_numbers == set()
    assert metrics["test/rows"] == 3
    assert metrics["variants/int8/gate/overall/flips/limit"] == 0.01


def test_equal_results_have_the_same_digest_and_others_another(results: Results, tmp_path: Path) -> None:
    same, other = write_results(tmp_path / "same", 1), write_results(tmp_path / "other", 2)
    train = results.params.train.model_copy(update={"dropout": 0.1})
    changed = replace(results, params=results.params.model_copy(update={"train": train}))
    digests = [
        variation.gather(name).digest for variation, name in ((same, "x"), (other, None), (changed, None))
    ]
    assert [digest == results.gather().digest for digest in digests] == [True, False, False]


def test_a_password_in_the_source_is_not_gathered(results: Results) -> None:
    source = results.params.source.model_copy(update={"url": "postgresql+psycopg://me:secret@host/claims"})
    params = results.params.model_copy(update={"source": source})
    run = Run.gather(params, results.metrics, results.model)
    assert run.params["source.url"] == "postgresql+psycopg://me:***@host/claims"


def test_missing_results_are_named_with_the_remedy(results: Results) -> None:
    (results.metrics / "judge.json").unlink()
    with pytest.raises(ResultsError, match=r"judge\.json: no such file\. Run `dvc repro`"):
        results.gather()


def test_a_missing_model_is_named_with_the_remedy(results: Results) -> None:
    results.model.unlink()
    with pytest.raises(TrackingError, match=r"claims_model\.tflite: no such file\. Make the results first"):
        results.gather()


@pytest.mark.parametrize(
    ("changed", "dirty"), [("params.yaml", "false"), ("metrics/train.json", "false"), ("code.py", "true")]
)
def test_changed_code_is_dirty_and_what_a_run_writes_is_not(repository, changed: str, dirty: str) -> None:
    (repository / changed).write_text("2\n")
    assert commit_of(repository) == {"git_commit": git(repository, "rev-parse", "HEAD"), "git_dirty": dirty}


def test_an_experiment_belongs_to_its_baseline(repository, monkeypatch) -> None:
    monkeypatch.setenv("DVC_EXP_NAME", "wide")
    monkeypatch.setenv("DVC_EXP_BASELINE_REV", "b" * 40)
    tags = commit_of(repository)
    assert (tags["git_commit"], tags["dvc_experiment"]) == ("b" * 40, "wide")


def test_results_outside_a_repository_have_no_commit(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert commit_of(tmp_path) == {}
