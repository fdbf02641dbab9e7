"""What `make repro` made: one table, from the metrics files."""

from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from claims.results.decisions import PolicyMetrics
from claims.results.evaluate import EvaluateMetrics
from claims.results.files import read_metrics
from claims.results.judge import JudgeMetrics
from claims.results.scores import ScoreMetrics
from commands import plainly


def main() -> None:
    """Print the test metrics of the candidate, its baselines and its variants."""
    report = read_metrics(EvaluateMetrics, Path("metrics/evaluate.json"))
    judged = read_metrics(JudgeMetrics, Path("metrics/judge.json"))
    rows = {"network (Keras)": report.test} | report.rivals()
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for heading in ("", "ROC-AUC", "average precision", "log-loss", "bytes"):
        table.add_column(heading, justify="left" if not heading else "right")
    for name, row in rows.items():
        table.add_row(name, *_figures(row), "")
    for name, variant in judged.variants.items():
        ships = ", ships" if name == judged.winner else ""
        table.add_row(f"TFLite {name}{ships}", *_figures(variant.test), f"{variant.size_bytes:,}")
    print(_title(report))
    Console(width=80).print(table)
    print(_decisions(report.decisions))
    print("models/claims_model.tflite is ready: claims score --help")
    print("what was measured, on one page: metrics/model_card.md")


def _title(report: EvaluateMetrics) -> str:
    """Say how many claims test metrics count, and at what maturity."""
    maturity = report.maturity
    days = f" ({maturity.mature_after_days} days)" if maturity.test != "unknown" else ""
    return f"{report.test.rows:,} test claims, maturity: {maturity.test}{days}"


def _figures(row: ScoreMetrics) -> list[str]:
    return [f"{figure:.4f}" for figure in (row.roc_auc, row.average_precision, row.log_loss)]


def _decisions(metrics: PolicyMetrics) -> str:
    cost, reviews = metrics.cost_per_claim, metrics.workload.test.mean
    review = metrics.baselines.review_all
    return f"decisions cost ${cost:.2f} a claim, a review ${review:.2f}; {reviews:.0f} a day reach a person"


if __name__ == "__main__":
    plainly(main)
