"""A candidate's claims as it decides them, by split: calibrated scores, a policy of its own, decisions."""

from collections.abc import Mapping
from dataclasses import dataclass

from claims.config.params import Params
from claims.decisions.fit_calibration import fit_calibration
from claims.decisions.fit_policy import fit_policy
from claims.decisions.logits import Decisions, Outputs
from claims.decisions.policy import DecisionPolicy
from claims.decisions.scored_claims import ScoredClaims
from claims.evaluation.anomalies import AnomalyScores, anomalous_claims, fit_anomaly_scores
from claims.features.matrices import Labelled


@dataclass(frozen=True)
class DecidedSplits:
    """What is scored and decided, by split.

    Attributes
    ----------
    rows
        The claims.
    claims
        With their scores.
    decisions
        str [n], ``ml_derived_decision``.
    policy
        Solved on the calibration window.
    anomaly
        Scores of the anomaly head; None where there is none.
    """

    rows: Mapping[str, Labelled]
    claims: Mapping[str, ScoredClaims]
    decisions: Mapping[str, Decisions]
    policy: DecisionPolicy
    anomaly: AnomalyScores | None


def decide_splits(
    outputs: Mapping[str, Outputs], rows: Mapping[str, Labelled], params: Params
) -> DecidedSplits:
    """Calibrate, solve the policy on the calibration window, and decide every split."""
    fitted = fit_calibration(outputs["calibration"].logit, rows["calibration"].outcome)
    heads = {name: given.anomaly for name, given in outputs.items()}
    anomaly = fit_anomaly_scores(heads, rows, params.evaluate.anomaly_reviews)
    claims = {
        name: ScoredClaims.of(part, fitted.scores(outputs[name].logit), anomalous_claims(anomaly, name))
        for name, part in rows.items()
    }
    policy = fit_policy(claims["calibration"], params.policy)
    decisions = {name: part.decided_by(policy) for name, part in claims.items()}
    return DecidedSplits(rows, claims, decisions, policy, anomaly)
