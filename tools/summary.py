"""What `make repro` made: one table, from the metrics files."""

import json
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table


def main() -> None:
    """Print the test metrics of the candidate, its baselines and its variants."""
    report = json.loads(Path("metrics/evaluate.json").read_text(encoding="utf-8"))
    judged = json.loads(Path("metrics/judge.json").read_text(encoding="utf-8"))
    rows = {"network (Keras)": report["test"]} | report["baselines"]
    rows |= {"best reachable": report["best_reachable"]} if "best_reachable" in report else {}
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for heading in ("", "ROC-AUC", "average precision", "log-loss", "bytes"):
        table.add_column(heading, justify="left" if not heading else "right")
    for name, row in rows.items():
        table.add_row(name, *_figures(row), "")
    for name, variant in judged["variants"].items():
        ships = ", ships" if name == judged["winner"] else ""
        table.add_row(f"TFLite {name}{ships}", *_figures(variant["test"]), f"{variant['size_bytes']:,}")
    print(_title(report))
    Console(width=80).print(table)
    print(_decisions(report["decisions"]))
    print("models/claims_model.tflite is ready: claims score --help")
    print("what was measured, on one page: metrics/model_card.md")


def _title(report: dict[str, Any]) -> str:
    """How many claims test metrics count, and at what maturity."""
    maturity = report["maturity"]
    days = f" ({maturity['mature_after_days']} days)" if maturity["test"] != "unknown" else ""
    return f"{report['test']['rows']:,} test claims, maturity: {maturity['test']}{days}"


def _figures(row: dict[str, float]) -> list[str]:
    return [f"{row[name]:.4f}" for name in ("roc_auc", "average_precision", "log_loss")]


def _decisions(found: dict[str, Any]) -> str:
    cost, reviews = found["cost_per_claim"], found["workload"]["test"]["mean"]
    review = found["baselines"]["review_all"]
    return f"decisions cost ${cost:.2f} a claim, a review ${review:.2f}; {reviews:.0f} a day reach a person"


if __name__ == "__main__":
    main()
