"""Small results in files."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from claims.base.stage import write_json
from claims.config.params import Params, load_params
from claims.decisions.costs import measure_decisions
from claims.decisions.fit_policy import fit_policy
from claims.decisions.scored_claims import ScoredClaims
from claims.evaluation.metrics import measure
from claims.tracking.run import Run
from model_parts import POLICY
from workspaces import ROOT


@dataclass(frozen=True)
class Results:
    """What a run leaves in files."""

    params: Params
    metrics: Path
    model: Path

    def gather(self, name: str | None = None) -> Run:
        return Run.gather(self.params, self.metrics, self.model, name)


def measured(seed: int) -> dict:
    """Metrics of drawn scores."""
    draw = np.random.default_rng(seed)
    scores = draw.random(200)
    outcome = (draw.random(200) < scores).astype(np.float32)
    claims = ScoredClaims(scores, outcome, amounts=np.full(200, 10_000.0), days=np.arange(200) // 10 * 1.0)
    return measure(scores, outcome) | {"decisions": measure_decisions(fit_policy(claims, POLICY), claims)}


def write_results(root: Path, seed: int) -> Results:
    """Results as the pipeline lays them out; another seed gives other results."""
    metrics, model = root / "metrics", root / "models" / "claims_model.tflite"
    (metrics / "plots" / "test").mkdir(parents=True)
    model.parent.mkdir()
    model.write_bytes(np.random.default_rng(seed).bytes(1000))
    splits = ("train", "validation", "calibration", "test")
    write_json(metrics / "evaluate.json", {name: measured(seed + i) for i, name in enumerate(splits)})
    variants = {"int8": {"test": measured(seed), "size_bytes": 1000}}
    write_json(metrics / "judge.json", {"winner": "int8", "variants": variants})
    write_json(metrics / "train.json", {"family": "distilled"})
    write_json(metrics / "extract.json", {"checksum": f"{seed:064x}", "source_rows": 800})
    (metrics / "plots" / "training.csv").write_text("epoch,loss,val_loss\n1,0.7,0.6\n2,0.5,0.55\n")
    for picture in ("confusion", "roc"):
        shutil.copy(ROOT / "metrics" / "plots" / "test" / f"{picture}.png", metrics / "plots" / "test")
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
