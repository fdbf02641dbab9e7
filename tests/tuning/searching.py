"""A folder in which the stage `tune` can be run, killed and led by a chief: small claims, few trials."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np

from claims.features.matrices import Labelled, write_labelled
from workspaces import ROOT, set_params

OUTPUTS = ("tuned.json", "trials.csv", "trials.png", "tune.json")


def make_folder(root: Path, fitted, labelled: Labelled, family: str = "dnn", **tune: object) -> Path:
    """Lay out what the stage reads, for a family; ``tune`` are values of that section."""
    features = root / "features"
    features.mkdir(parents=True)
    (features / "encoder.json").write_text(fitted.extractor.model_dump_json(indent=1) + "\n")
    for name, which in (("train", np.arange(1500)), ("validation", np.arange(1500, 2500))):
        rows = labelled.take(which)
        write_labelled(features / f"{name}.parquet", fitted.extractor, rows)
    shutil.copy(ROOT / "requirements.txt", root)
    shutil.copy(ROOT / "params.yaml", root)
    small = {"boosting.max_rounds": 40, "boosting.patience": 5, "train.max_epochs": 4, "model.family": family}
    set_params(root / "params.yaml", small | {f"tune.{name}": value for name, value in tune.items()})
    return root


def start(root: Path, module: str = "claims.pipeline.tune", **environment: str) -> subprocess.Popen[str]:
    """Start the stage, or a worker."""
    outputs = OUTPUTS if module == "claims.pipeline.tune" else ()
    return subprocess.Popen(
        [sys.executable, "-m", module, "features", *outputs],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> str:
    """Wait for it to succeed; what it printed."""
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, f"{out}\n{err}"
    return out


def answers(root: Path) -> list[Path]:
    """Finished trials that are kept."""
    return sorted(root.glob(".cache/tune/*/*.json"))


def written(root: Path) -> dict[str, bytes]:
    """The stage's outputs."""
    return {name: (root / name).read_bytes() for name in OUTPUTS}
