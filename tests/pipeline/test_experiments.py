"""`dvc exp run -S` points the pipeline at other claims, with no code change."""

import json
from pathlib import Path

import pytest

from claims.model.package import unpack
from workspaces import SMALL, Workspace, make_workspace

WINDOW = {  # under 3,000 claims, nearly all decided
    "source.since": "2012-01-01",
    "source.until": "2012-04-11",
    "split.validation_from": "2012-03-01",
    "split.calibration_from": "2012-03-15",
    "split.test_from": "2012-04-01",
    "tune.trials": "0",  # so train names its values
    "train.learning_rate": "0.006",
    "train.batch_size": "512",
    "train.layers": "[64]",
    "train.embedding": "4",
    "train.dropout": "0.2",
    "train.weight_decay": "0.0001",
    "train.max_epochs": "1",
    "train.refit": "false",
    "judge.overall.flips": "0.4",  # of 300 calibration claims and one epoch
}


@pytest.fixture(scope="module")
def experiment(tmp_path_factory: pytest.TempPathFactory, tsa_csv: Path) -> Workspace:
    """An experiment on the real claims, straight from their CSV."""
    workspace = make_workspace(tmp_path_factory.mktemp("tsa") / "claims-mlops", SMALL)
    source = {"contract": "tsa", "source.url": str(tsa_csv), "source.watch": str(tsa_csv)}
    overrides = [f"--set-param={name}={value}" for name, value in (source | WINDOW).items()]
    workspace.run("dvc", "exp", "run", "--name", "real-claims", *overrides)
    return workspace


def test_real_claims_need_no_code_change(experiment: Workspace) -> None:
    counts = json.loads(experiment.path("metrics/extract.json").read_text())
    assert counts["source_rows"] == 220_855
    assert 2_000 < counts["in_window"] < 3_000
    assert unpack(experiment.path("models/claims_model.tflite")).contract.name == "tsa"


def test_a_model_of_real_claims_ranks_better_than_chance(experiment: Workspace) -> None:
    variants = json.loads(experiment.path("metrics/judge.json").read_text())["variants"]
    assert variants["int8"]["test"]["roc_auc"] > 0.6


def test_the_experiment_is_named_and_carries_its_parameters(experiment: Workspace) -> None:
    shown = json.loads(experiment.run("dvc", "exp", "show", "--json").stdout)
    experiments = {
        entry["name"]: entry["revs"][0]["data"] for row in shown for entry in row["experiments"] or ()
    }
    assert experiments["real-claims"]["params"]["params.yaml"]["data"]["contract"] == "tsa"


def test_the_demo_is_not_drawn_for_other_claims(experiment: Workspace) -> None:
    assert [file.name for file in experiment.path("data/demo").iterdir()] == ["unused.txt"]


def test_nothing_of_anomalies_appears_where_the_contract_names_none(experiment: Workspace) -> None:
    """params.yaml and the code name them, and so does the contract's empty key; no output does."""
    made = experiment.bytes_of("data/features", "metrics", "models/candidate", "models/variants")
    assert len(made) > 20
    assert [name for name, content in made.items() if b"anomal" in content or "anomal" in name] == []
    assert unpack(experiment.path("models/claims_model.tflite")).rules.anomaly is None
