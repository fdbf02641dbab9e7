"""Small results in files."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from claims.config.params import Params, load_params
from claims.evaluation.metrics import measure
from claims.results.files import write_metrics
from claims.results.judge import JudgeMetrics
from claims.results.losses import Losses
from claims.results.scores import ScoreMetrics
from claims.tracking.run import Run
from metrics_parts import LOSS, evaluate_metrics, extract_metrics, judged_variant, train_metrics
from workspaces import ROOT


@dataclass(frozen=True)
class Results:
    """What a run leaves in files."""

    params: Params
    metrics: Path
    model: Path

    def gather(self, name: str | None = None) -> Run:
        return Run.gather(self.params, self.metrics, self.model, name)


def measured(seed: int) -> ScoreMetrics:
    """Metrics of drawn scores."""
    draw = np.random.default_rng(seed)
    scores = draw.random(200)
    return measure(scores, (draw.random(200) < scores).astype(np.float32))


def write_results(root: Path, seed: int) -> Results:
    """Results as the pipeline lays them out; another seed gives other results."""
    metrics, model = root / "metrics", root / "models" / "claims_model.tflite"
    (metrics / "plots" / "test").mkdir(parents=True)
    model.parent.mkdir()
    model.write_bytes(np.random.default_rng(seed).bytes(1000))
    splits = ("train", "validation", "calibration", "test")
    drawn = {name: measured(seed + i) for i, name in enumerate(splits)}
    write_metrics(metrics / "evaluate.json", evaluate_metrics(**drawn))
    variants = {"int8": judged_variant(1000, 0.0, []).model_copy(update={"test": measured(seed)})}
    judged = JudgeMetrics(winner="int8", variants=variants, test=Losses(flips=LOSS, swaps=LOSS))
    write_metrics(metrics / "judge.json", judged)
    write_metrics(metrics / "train.json", train_metrics())
    write_metrics(metrics / "extract.json", extract_metrics(checksum=f"{seed:064x}"))
    (metrics / "plots" / "training.csv").write_text("epoch,loss,val_loss\n1,0.7,0.6\n2,0.5,0.55\n")
    for plot in ("confusion", "roc"):
        shutil.copy(ROOT / "metrics" / "plots" / "test" / f"{plot}.png", metrics / "plots" / "test")
    shutil.copy(ROOT / "params.yaml", root)
    return Results(load_params(root / "params.yaml"), metrics, model)


@pytest.fixture
def results(tmp_path: Path) -> Results:
    """In a folder of their own, which is the working directory of no test by itself."""
    return write_results(tmp_path / "results", seed=1)


@pytest.fixture(autouse=True)
def _nothing_turned_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the caller's decides what is logged."""
    for name in [name for name in os.environ if name.startswith(("MLFLOW_", "WANDB_", "DVC_EXP_"))]:
        monkeypatch.delenv(name)
