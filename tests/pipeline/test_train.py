"""The stage `train` writes what each family has, and `quantize` refuses what it cannot convert."""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from claims.base.stage import run, with_outputs
from claims.config.params import load_params
from claims.config.space import start_values
from claims.config.winner import Winner, write_winner
from claims.features.matrices import Labelled, write_labelled
from claims.pipeline.quantize import quantize
from claims.pipeline.train import train
from claims.training.families import FAMILIES
from model_parts import contents
from workspaces import ROOT, set_params

SMALLER = {"boosting.max_rounds": 5, "distill.folds": 2, "train.max_epochs": 1, "train.anomaly_epochs": 1}
NETWORK = {"claims.weights.h5", "shape.json", "saved_model/saved_model.pb"}


@pytest.fixture(scope="module")
def features(fitted, labelled: Labelled, tmp_path_factory) -> Path:
    """A few claims as the stage `featurize` leaves them, to learn from and to be selected on."""
    folder = tmp_path_factory.mktemp("features")
    (folder / "encoder.json").write_text(fitted.extractor.model_dump_json())
    for split in ("train", "validation"):
        write_labelled(folder / f"{split}.parquet", fitted.extractor, labelled)
    return folder


def in_folder(folder: Path, family: str, monkeypatch: pytest.MonkeyPatch, **changes: object) -> None:
    """Go where params.yaml asks for a small model of the family."""
    shutil.copy(ROOT / "params.yaml", folder)
    set_params(folder / "params.yaml", SMALLER | {"model.family": family} | changes)
    monkeypatch.chdir(folder)


def started(folder: Path) -> Path:
    """The winner of a search that went no further than its start values."""
    values = start_values(load_params().tune.space.network)
    write_winner(folder / "tuned.json", Winner(family="network", trial=0, values=values))
    return folder / "tuned.json"


@pytest.mark.parametrize("family", FAMILIES)
def test_each_family_writes_its_parts(
    features: Path, labelled: Labelled, family: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_folder(tmp_path, family, monkeypatch)

    with_outputs(
        train, [features, started(tmp_path), Path("candidate"), Path("training.csv"), Path("train.json")]
    )

    made = {str(path) for path in contents(tmp_path / "candidate")}
    assert (made >= NETWORK) is (family != "gbm")
    assert ("trees/0.txt" in made) is (family != "dnn")
    metrics = json.loads(Path("train.json").read_text())
    assert metrics["family"] == family
    header, *lines = Path("training.csv").read_text().splitlines()
    assert header.startswith("epoch,")
    best = dict(zip(header.split(","), lines[metrics["best"] - 1].split(","), strict=True))
    assert int(best["epoch"]) == metrics["best"] <= len(lines)
    assert float(best["val_loss"]) == metrics["val_loss"]
    assert len(np.load("candidate/validation_logits.npy")) == len(labelled)


def test_a_number_in_the_place_of_tuned_holds_and_the_record_says_so(
    features: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_folder(tmp_path, "dnn", monkeypatch, **{"train.learning_rate": 0.001})

    with_outputs(
        train, [features, started(tmp_path), Path("candidate"), Path("training.csv"), Path("train.json")]
    )

    settings = json.loads(Path("train.json").read_text())["settings"]["train"]
    winner = json.loads(Path("tuned.json").read_text())["values"]
    assert settings["learning_rate"] == 0.001 != winner["learning_rate"]
    assert settings["layers"] == winner["layers"]


def test_trees_alone_are_not_quantized(
    features: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_folder(tmp_path, "gbm", monkeypatch)
    (tmp_path / "candidate" / "trees").mkdir(parents=True)
    read = ["int8", str(features), str(features / "train.parquet"), "candidate"]
    monkeypatch.setattr(sys, "argv", ["quantize", *read, "int8.tflite", "int8.json", "metrics.json"])

    with pytest.raises(SystemExit) as ended:
        run(quantize)

    said = "quantize: candidate: trees alone, which have no TensorFlow Lite form. Stop at evaluate"
    assert str(ended.value.code).startswith(said)
    assert "\n" not in str(ended.value.code)
    assert not Path("int8.tflite").exists()
