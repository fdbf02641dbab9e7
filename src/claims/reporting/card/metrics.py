"""The metrics files that the model card reads."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from claims.results.evaluate import EvaluateMetrics
from claims.results.extract import ExtractMetrics
from claims.results.fairness import FairnessMetrics
from claims.results.files import read_metrics
from claims.results.judge import JudgeMetrics
from claims.results.maturity import MaturityMetrics
from claims.results.months import MonthMetrics
from claims.results.slices import SliceMetrics
from claims.results.split import SplitMetrics
from claims.results.verify import VerifyMetrics


@dataclass(frozen=True)
class CardMetrics:
    """One attribute a file."""

    extract: ExtractMetrics
    split: SplitMetrics
    maturity: MaturityMetrics
    evaluate: EvaluateMetrics
    slices: SliceMetrics
    months: MonthMetrics
    fairness: FairnessMetrics
    judge: JudgeMetrics
    verify: VerifyMetrics

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read them from the folder of metrics.

        Raises
        ------
        ResultsError
            Where one is missing, or not what its stage writes.
        """
        return cls(
            extract=read_metrics(ExtractMetrics, folder / "extract.json"),
            split=read_metrics(SplitMetrics, folder / "split.json"),
            maturity=read_metrics(MaturityMetrics, folder / "maturity.json"),
            evaluate=read_metrics(EvaluateMetrics, folder / "evaluate.json"),
            slices=read_metrics(SliceMetrics, folder / "slices.json"),
            months=read_metrics(MonthMetrics, folder / "months.json"),
            fairness=read_metrics(FairnessMetrics, folder / "fairness.json"),
            judge=read_metrics(JudgeMetrics, folder / "judge.json"),
            verify=read_metrics(VerifyMetrics, folder / "verify.json"),
        )
