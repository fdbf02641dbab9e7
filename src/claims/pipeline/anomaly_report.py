"""What `evaluate` says of the second output, beside its baselines; nothing where the contract names none."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claims.features.matrices import Labelled, audited
from claims.model.anomalies import JudgedAnomaly, judge_anomaly, measure_sent_to_review
from claims.model.baselines import fit_logistic, logistic_logits, majority_logits
from claims.model.logits import Logits
from claims.model.pictures import draw_anomalies
from claims.splits import SPLITS


def report_anomaly(
    rows: dict[str, Labelled],
    judged: JudgedAnomaly | None,
    baselines: dict[str, JudgedAnomaly],
    decisions: NDArray[np.str_],
    pictures: Path,
) -> dict[str, Any]:
    """Metrics under ``anomaly``, and the picture of test.

    Parameters
    ----------
    rows
        Claims by split.
    judged, baselines
        The network's second output and what it has to beat, each with rules of its own.
    decisions
        str [n], of the test claims before anomalies are sent to review.
    pictures
        Where to; exists.
    """
    if judged is None:
        return {}
    labels = {name: part.anomaly for name, part in rows.items() if part.anomaly is not None}
    draw_anomalies(
        pictures,
        {"network": judged.scores["test"], "logistic": baselines["logistic"].scores["test"]},
        labels["test"],
    )
    found: dict[str, Any] = {name: judged.measure(name, labels[name]) for name in SPLITS}
    found["threshold"] = judged.rules.threshold
    found["baselines"] = {name: one.measure("test", labels["test"]) for name, one in baselines.items()}
    found["sent_to_review"] = measure_sent_to_review(decisions, judged.scores["test"], judged.rules.threshold)
    return {"anomaly": found}


def judge_baselines(
    rows: dict[str, Labelled], reviews: float, table_rows: int, seed: int
) -> dict[str, JudgedAnomaly]:
    """A logistic regression on the same audited claims, and their prevalence for every claim."""
    if rows["train"].anomaly is None:
        return {}
    inputs, anomaly = audited(rows["train"], rows["validation"])
    logistic = fit_logistic(inputs, anomaly, table_rows, seed)
    parts = {name: rows[name] for name in ("calibration", "test")}
    logits: dict[str, dict[str, Logits | None]] = {
        "logistic": {
            name: logistic_logits(logistic, part.inputs, table_rows) for name, part in parts.items()
        },
        "prevalence": {name: majority_logits(anomaly, len(part)) for name, part in parts.items()},
    }
    judged = {name: judge_anomaly(found, rows["calibration"], reviews) for name, found in logits.items()}
    return {name: found for name, found in judged.items() if found is not None}
