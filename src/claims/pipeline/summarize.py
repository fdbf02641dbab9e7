"""summarize: the few figures by which experiments are compared."""

from claims.config import load_params
from claims.pipeline.stage import In, Out, read_json, run, write_json

_COMPARED = {
    "train": ("roc_auc", "average_precision", "log_loss"),
    # no log-loss: validation is scored before the network is trained again, and calibrated for the one after
    "validation": ("roc_auc", "average_precision"),
    "test": ("roc_auc", "average_precision", "log_loss", "calibration_error"),
}


def summarize(evaluated: In, quantized: In, model: In, summary: Out) -> None:
    """Write how the candidate does on its three splits, and the shipped variant on test."""
    params = load_params()
    report, shipped = read_json(evaluated), read_json(quantized)[params.quantize.winner]
    found = {split: {name: report[split][name] for name in names} for split, names in _COMPARED.items()}
    found["shipped"] = {
        "roc_auc": shipped["test"]["roc_auc"],
        "flips": shipped["flips"],
        "cost_per_claim": shipped["decisions"]["cost_per_claim"],
        "bytes": model.stat().st_size,
    }
    write_json(summary, found)


if __name__ == "__main__":
    run(summarize)
