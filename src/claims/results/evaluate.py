"""``metrics/evaluate.json``: how the candidate does, beside its baselines."""

from claims.base.strict import Strict
from claims.results.decisions import PolicyMetrics
from claims.results.files import Figure
from claims.results.maturity import TestMaturity
from claims.results.scores import AnomalyMetrics, ScoreMetrics


class AnomalyReport(Strict):
    """The anomaly head.

    Attributes
    ----------
    threshold
        From which on a claim goes to a person; all digits of it.
    baselines
        On test: what it has to beat.
    sent_to_review
        Share of all test claims that it takes from each decision of the policy to a review.
    """

    train: AnomalyMetrics
    validation: AnomalyMetrics
    calibration: AnomalyMetrics
    test: AnomalyMetrics
    threshold: float
    baselines: dict[str, AnomalyMetrics]
    sent_to_review: dict[str, Figure]


class EvaluateMetrics(Strict):
    """The candidate on every split, its decisions on test, and what it has to beat there.

    Attributes
    ----------
    immature
        Of the months after test whose outcomes are not all there yet; None where there are no such claims.
    baselines
        On test, by name; ``boosting`` are the trees that the network learned from.
    best_reachable
        On test, by the true probabilities of the demo's claims; None for other claims.
    anomaly
        None where the candidate has no anomaly head.
    """

    train: ScoreMetrics
    validation: ScoreMetrics
    calibration: ScoreMetrics
    test: ScoreMetrics
    immature: ScoreMetrics | None = None
    maturity: TestMaturity
    decisions: PolicyMetrics
    baselines: dict[str, ScoreMetrics]
    best_reachable: ScoreMetrics | None = None
    anomaly: AnomalyReport | None = None

    def rivals(self) -> dict[str, ScoreMetrics]:
        """Return what the candidate is compared with on test: the baselines and the best reachable."""
        best = {"best reachable": self.best_reachable} if self.best_reachable else {}
        return dict(sorted(self.baselines.items())) | best
