"""The few figures by which experiments are compared: `dvc exp show` makes each a column."""

from typing import Any

_CANDIDATE = {
    "train": ("roc_auc", "average_precision", "log_loss"),
    # no log-loss: validation is scored before the network is trained again, and calibrated for the one after
    "validation": ("roc_auc", "average_precision"),
    "test": ("roc_auc", "average_precision", "log_loss", "calibration_error"),
}


def summarize_candidate(report: dict[str, Any]) -> dict[str, Any]:
    """Of ``metrics/evaluate.json``: how the candidate does on its three splits."""
    found = {split: {name: report[split][name] for name in names} for split, names in _CANDIDATE.items()}
    found["test"]["cost_per_claim"] = report["decisions"]["cost_per_claim"]
    return found


def summarize_shipped(variant: dict[str, Any], size: int) -> dict[str, Any]:
    """Of one variant in ``metrics/judge.json``: how it does on test, beside its packed bytes."""
    found = {
        "roc_auc": variant["test"]["roc_auc"],
        "flips": variant["gate"]["overall"]["flips"]["value"],
        "cost_per_claim": variant["decisions"]["cost_per_claim"],
        "bytes": size,
    }
    return {"shipped": found}
