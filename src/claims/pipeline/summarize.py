"""summarize: the few figures by which experiments are compared."""

from typing import Any

from claims.config import load_params
from claims.pipeline.stage import In, Out, read_json, run, write_json

_COMPARED = ("roc_auc", "average_precision", "log_loss")


def summarize(evaluated: In, quantized: In, model: In, summary: Out) -> None:
    """Write how the candidate does on its three splits, and the shipped variant on test."""
    params = load_params()
    report, shipped = read_json(evaluated), read_json(quantized)[params.quantize.winner]
    write_json(
        summary,
        {
            "train": _choose(report["train"], _COMPARED),
            "validation": _choose(report["validation"], _COMPARED),
            "test": _choose(report["test"], (*_COMPARED, "calibration_error")),
            "shipped": {
                "roc_auc": shipped["test"]["roc_auc"],
                "flips": shipped["flips"],
                "cost_per_claim": shipped["decisions"]["cost_per_claim"],
                "bytes": model.stat().st_size,
            },
        },
    )


def _choose(report: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: report[name] for name in names}


if __name__ == "__main__":
    run(summarize)
