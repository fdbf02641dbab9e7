"""The claims on which models are compared: four windows of the TSA claims and two of the simulator's."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import yaml
from numpy.typing import NDArray

from claims.base.imports import closure
from claims.contract import load_contract
from claims.data.windows import SPLITS
from claims.evaluation.best_reachable import best_scores
from claims.features.extractor import FeatureExtractor
from claims.features.matrices import Labelled, read_labelled

ROOT = Path(__file__).resolve().parent.parent
TSA = Path(os.environ.get("TSA_CSV", "TSAClaims2002_2017.csv"))
_SECTIONS = ("simulate", "source", "validate", "split", "featurize", "seed")


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


# Selection and calibration take the last months before the test year, as few as hold some 2,000 decided
# claims each, since what lies in calibration is never learned from. With the year before in the place of the
# test year, and windows of six, three and two months, LightGBM's ROC-AUC is .702, .710 and .712 for 2007,
# .732, .728 and .732 for 2009, and .706, .711 and .712 for 2013.
TASKS: dict[str, dict[str, Any]] = {
    "TSA 2008": _tsa(2003, 2008, "2007-09-01", "2007-11-01"),
    "TSA 2010": _tsa(2007, 2010, "2009-08-01", "2009-10-01"),
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

    @classmethod
    def read(cls, name: str, folder: Path) -> Self:
        """What `prepare` made."""
        features = folder / "features"
        rows = {split: read_labelled(features / f"{split}.parquet") for split in SPLITS}
        truth = folder / "data" / "demo" / "truth.parquet"
        reachable = best_scores(load_contract(_contract(TASKS[name])), truth, rows["test"])
        return cls(FeatureExtractor.read(features / "encoder.json"), rows, reachable)


def prepare(name: str, cache: Path, overrides: Mapping[str, Any]) -> Path:
    """Run the stages from simulate to featurize, unless they have run on the same; returns their folder."""
    settings = TASKS[name] | dict(overrides)
    params = overridden(yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8")), settings)
    contract, watch = _contract(settings), settings.get("source.watch", "data/demo")
    stages = _stages(contract, watch)
    folder = cache / _key(stages, params, [contract, *([Path(watch)] if Path(watch).is_file() else [])])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False), encoding="utf-8")
    if not (folder / "features").exists():
        for stage in stages:
            subprocess.run([sys.executable, "-m", *stage], cwd=folder, check=True)
    return folder


def _contract(settings: Mapping[str, Any]) -> Path:
    return ROOT / "contracts" / f"{settings.get('contract', 'professional')}.yaml"


def _key(stages: list[list[str]], params: dict[str, Any], inputs: list[Path]) -> str:
    """Changes with the code of the stages, their sections of params.yaml, and what they read."""
    digest = hashlib.sha256(repr([params[section] for section in _SECTIONS]).encode())
    code = {file for module, *_ in stages for file in closure(ROOT / "src", module)}
    for file in (*sorted(code), *inputs):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def overridden(params: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters with other values; a dot in a name, as nesting does, leads into a section.

    Raises
    ------
    KeyError
        Where there is no such parameter.
    """
    values = dict(params)
    for name, value in settings.items():
        section, _, rest = name.partition(".")
        inner = {rest: value} if rest else value
        values[section] = overridden(values[section], inner) if isinstance(values[section], dict) else inner
    return values


def _stages(contract: Path, watch: str) -> list[list[str]]:
    """Module and arguments of each stage, as dvc.yaml gives them."""
    file, demo = str(contract), watch == "data/demo"
    stones = str(contract.parent / "tombstones")
    simulate = [["claims.pipeline.simulate", "data/demo"]] if demo else []
    written = ["split.parquet", "split.json", "maturity.json"]
    return [
        *simulate,
        ["claims.pipeline.extract", file, stones, "data/raw", "extract.json"],
        ["claims.pipeline.validate", file, "data/raw", "data/valid", "validate.json"],
        ["claims.pipeline.split", file, "extract.json", "data/raw", "data/valid", *written],
        ["claims.pipeline.featurize", file, "data/valid", "split.parquet", "features", "featurize.json"],
    ]
