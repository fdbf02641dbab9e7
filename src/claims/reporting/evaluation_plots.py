"""All plots of `evaluate`, ``metrics/plots/test``."""

from pathlib import Path

from claims.decisions.logits import Scores
from claims.evaluation.candidate import CandidateMetrics, Rivals
from claims.evaluation.decided import DecidedSplits
from claims.reporting.candidate_plots import draw_anomalies, draw_candidate
from claims.reporting.group_plots import draw_groups
from claims.reporting.month_plots import draw_months
from claims.reporting.policy_plots import draw_policy


def draw_evaluation(
    folder: Path, family: str, decided: DecidedSplits, rivals: Rivals, metrics: CandidateMetrics
) -> None:
    """Draw how the test claims are ranked, decided and paid for, by month and by group.

    Parameters
    ----------
    folder
        Where to; created.
    family
        What the candidate is, ``network`` or ``boosting``: its name in the legends.
    decided, rivals
        The candidate's claims, and what it is compared with.
    metrics
        As they were measured.
    """
    test, policy = decided.claims["test"], decided.policy
    curves = _curves(family, decided, rivals)
    draw_candidate(folder, curves, test.outcome, decided.decisions["test"], policy.sets)
    draw_policy(
        folder, policy, {name: decided.claims[name] for name in ("calibration", "test")}, metrics.slices
    )
    draw_months(folder / "months.png", metrics.months.months)
    if metrics.fairness.test:
        draw_groups(folder / "fairness.png", metrics.fairness)
    if decided.anomaly is not None:
        anomalies = {
            family: decided.anomaly.scores["test"],
            "logistic": rivals.anomaly["logistic"].scores["test"],
        }
        draw_anomalies(folder, anomalies, decided.anomaly.labels["test"])


def _curves(family: str, decided: DecidedSplits, rivals: Rivals) -> dict[str, Scores]:
    """Put test scores by the name of what gave them, the candidate first."""
    others = {name: scores for name, scores in rivals.scores.items() if name not in (family, "majority")}
    return {family: decided.claims["test"].scores, **others}
