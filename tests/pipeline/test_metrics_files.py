"""Every metrics file that a run writes has one model, by which it is read and written again to the byte."""

from pathlib import Path

import pytest
from pydantic import BaseModel

from claims.results.evaluate import EvaluateMetrics
from claims.results.extract import ExtractMetrics
from claims.results.fairness import FairnessMetrics
from claims.results.featurize import FeaturizeMetrics
from claims.results.files import parse_metrics, write_metrics
from claims.results.judge import JudgeMetrics
from claims.results.maturity import MaturityMetrics
from claims.results.months import MonthMetrics
from claims.results.represent import RepresentMetrics
from claims.results.shipped import ShippedMetrics
from claims.results.slices import SliceMetrics
from claims.results.split import SplitMetrics
from claims.results.summary import SummaryMetrics
from claims.results.train import TrainMetrics
from claims.results.tune import WonTuneMetrics
from claims.results.validate import ValidateMetrics
from claims.results.variant import VariantMetrics
from claims.results.verify import VerifyMetrics
from workspaces import SMALL

MODELS: dict[str, type[BaseModel]] = {
    "evaluate": EvaluateMetrics,
    "extract": ExtractMetrics,
    "fairness": FairnessMetrics,
    "featurize": FeaturizeMetrics,
    "judge": JudgeMetrics,
    "maturity": MaturityMetrics,
    "months": MonthMetrics,
    "represent": RepresentMetrics,
    "shipped": ShippedMetrics,
    "slices": SliceMetrics,
    "split": SplitMetrics,
    "summary": SummaryMetrics,
    "train": TrainMetrics,
    "tune": WonTuneMetrics,
    "validate": ValidateMetrics,
    "verify": VerifyMetrics,
    **{f"variants/{name}": VariantMetrics for name in SMALL["quantize.variants"]},
}


def test_every_file_has_a_model(reproduced) -> None:
    files = [Path(name) for name in reproduced.made if Path(name).suffix == ".json"]
    metrics = [file.relative_to("metrics") for file in files if file.is_relative_to("metrics")]
    assert {str(file.with_suffix("")) for file in metrics} == MODELS.keys()


@pytest.mark.parametrize("name", sorted(MODELS))
def test_a_file_is_written_again_to_the_byte(reproduced, name: str, tmp_path: Path) -> None:
    content = reproduced.made[f"metrics/{name}.json"]
    write_metrics(tmp_path / "again.json", parse_metrics(MODELS[name], content, name))
    assert (tmp_path / "again.json").read_bytes() == content
