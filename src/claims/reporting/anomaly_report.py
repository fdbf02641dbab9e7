"""What `evaluate` says of the second output, beside its baselines."""

from pathlib import Path
from typing import Any

from claims.data.windows import SPLITS
from claims.decisions.logits import Decisions, Logits
from claims.evaluation.anomalies import JudgedAnomaly, anomalous_claims, judge_anomaly, measure_sent_to_review
from claims.features.matrices import Labelled, audited
from claims.reporting.candidate_plots import draw_anomalies
from claims.training.baselines import fit_logistic, logistic_logits, majority_logits


def report_anomaly(
    judged: JudgedAnomaly,
    baselines: dict[str, JudgedAnomaly],
    decisions: Decisions,
    pictures: Path,
) -> dict[str, Any]:
    """Metrics of the second output, and the picture of test.

    Parameters
    ----------
    judged, baselines
        The network's second output and what it has to beat, each with rules of its own.
    decisions
        str [n], what the policy says of the test claims, before anomalous ones are sent to review.
    pictures
        Where to; exists.
    """
    draw_anomalies(
        pictures,
        {"network": judged.scores["test"], "logistic": baselines["logistic"].scores["test"]},
        judged.labels["test"],
    )
    found: dict[str, Any] = {name: judged.measure(name) for name in SPLITS}
    found["threshold"] = judged.rules.threshold
    found["baselines"] = {name: one.measure("test") for name, one in baselines.items()}
    found["sent_to_review"] = measure_sent_to_review(decisions, anomalous_claims(judged, "test"))
    return found


def judge_baselines(
    rows: dict[str, Labelled], reviews: float, table_rows: int, seed: int
) -> dict[str, JudgedAnomaly]:
    """A logistic regression on the same audited claims, and their prevalence for every claim."""
    inputs, anomaly = audited(rows["train"], rows["validation"])
    logistic = fit_logistic(inputs, anomaly, table_rows, seed)
    parts = {name: rows[name] for name in ("calibration", "test")}
    logits: dict[str, dict[str, Logits | None]] = {
        "logistic": {
            name: logistic_logits(logistic, part.inputs, table_rows) for name, part in parts.items()
        },
        "prevalence": {name: majority_logits(anomaly, len(part)) for name, part in parts.items()},
    }
    judged = {name: judge_anomaly(found, parts, reviews) for name, found in logits.items()}
    return {name: found for name, found in judged.items() if found is not None}
