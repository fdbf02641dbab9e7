"""The claims on which models are compared: four windows of the TSA claims and two of the simulator's."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from claims.contract import load_contract
from claims.features.extractor import FeatureExtractor
from claims.features.matrices import Labelled, read_labelled
from claims.model.best_reachable import best_scores
from claims.splits import SPLITS

ROOT = Path(__file__).resolve().parent.parent
TSA = Path(os.environ.get("TSA_CSV", "TSAClaims2002_2017.csv"))


def _tsa(first: int, test: int, validation: str, calibration: str) -> dict[str, Any]:
    return {
        "contract": "tsa",
        "source.url": str(TSA.resolve()),
        "source.watch": str(TSA.resolve()),
        "source.since": f"{first}-01-01",
        "source.until": f"{test + 1}-01-01",
        "split.validation_from": validation,
        "split.calibration_from": calibration,
        "split.test_from": f"{test}-01-01",
    }


# Selection and calibration take the last months before the test year, each about a tenth of the claims.
TASKS: dict[str, dict[str, Any]] = {
    "TSA 2008": _tsa(2003, 2008, "2007-01-01", "2007-07-01"),
    "TSA 2010": _tsa(2007, 2010, "2009-04-01", "2009-08-01"),
    "TSA 2014": _tsa(2011, 2014, "2013-04-01", "2013-07-01"),
    "TSA 2015": _tsa(2012, 2015, "2014-04-01", "2014-07-01"),
    "demo": {},
    "demo, one policy": {"simulate.start": "2023-01-01"},  # ends before the first change of policy
}


@dataclass(frozen=True)
class Task:
    """Claims made ready by the pipeline's own stages.

    Attributes
    ----------
    extractor
        The fitted feature path.
    rows
        Model inputs and outcomes of every split.
    reachable
        float64 [n], the true probabilities of the test claims where they are known.
    """

    extractor: FeatureExtractor
    rows: dict[str, Labelled]
    reachable: NDArray[np.float64] | None


def prepare(name: str, folder: Path, overrides: Mapping[str, Any]) -> Task:
    """Run the stages from simulate to featurize in ``folder``, unless they have run there already."""
    settings = TASKS[name] | dict(overrides)
    contract = ROOT / "contracts" / f"{settings.get('contract', 'professional')}.yaml"
    if not (folder / "features").exists():
        folder.mkdir(parents=True, exist_ok=True)
        params = (ROOT / "params.yaml").read_text(encoding="utf-8")
        (folder / "params.yaml").write_text(_overridden(params, settings), encoding="utf-8")
        for stage in _stages(contract, settings.get("source.watch", "data/demo")):
            subprocess.run([sys.executable, "-m", *stage], cwd=folder, check=True)
    extractor = FeatureExtractor.read(folder / "features" / "encoder.json")
    rows = {split: read_labelled(folder / "features" / f"{split}.parquet") for split in SPLITS}
    truth = folder / "data" / "demo" / "truth.parquet"
    return Task(extractor, rows, best_scores(load_contract(contract), truth, rows["test"]))


def _overridden(params: str, settings: Mapping[str, Any]) -> str:
    found = yaml.safe_load(params)
    for name, value in settings.items():
        *sections, key = name.split(".")
        place = found
        for section in sections:
            place = place[section]
        place[key] = value
    return yaml.safe_dump(found, sort_keys=False)


def _stages(contract: Path, watch: str) -> list[list[str]]:
    """Module and arguments of each stage, as dvc.yaml gives them."""
    file, demo = str(contract), watch == "data/demo"
    simulate = [["claims.pipeline.simulate", "data/demo"]] if demo else []
    written = ["split.parquet", "split.json", "maturity.json"]
    return [
        *simulate,
        ["claims.pipeline.extract", file, watch, "data/raw", "extract.json"],
        ["claims.pipeline.validate", file, "data/raw", "data/valid", "validate.json"],
        ["claims.pipeline.split", file, "extract.json", "data/raw", "data/valid", *written],
        ["claims.pipeline.featurize", file, "data/valid", "split.parquet", "features", "featurize.json"],
    ]
