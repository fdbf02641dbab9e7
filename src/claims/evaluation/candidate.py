"""All that `evaluate` measures of a candidate: its splits, decisions, slices, months and groups."""

from collections.abc import Mapping
from dataclasses import dataclass

from claims.config.params import Params
from claims.contract import Contract
from claims.data.windows import IMMATURE
from claims.decisions.costs import compare_policies, measure_decisions, measure_workload, realised_costs
from claims.decisions.logits import Scores
from claims.decisions.regret import measure_regret
from claims.evaluation.anomalies import AnomalyScores, anomalous_claims, measure_sent_to_review
from claims.evaluation.coverage import measure_sets
from claims.evaluation.decided import DecidedSplits
from claims.evaluation.fairness import measure_fairness
from claims.evaluation.metrics import measure
from claims.evaluation.months import Period, measure_periods
from claims.evaluation.slices import measure_slices
from claims.results.decisions import PolicyMetrics, SolvedPolicy, Workload
from claims.results.evaluate import AnomalyReport, EvaluateMetrics
from claims.results.fairness import FairnessMetrics, Groups
from claims.results.maturity import MaturityMetrics, TestMaturity
from claims.results.months import MonthMetrics
from claims.results.slices import SliceMetrics


@dataclass(frozen=True)
class Rivals:
    """What the candidate is compared with, on test.

    Attributes
    ----------
    scores
        float64 [n], by the baseline's name.
    best
        float64 [n], the true probabilities; None where nobody knows them.
    anomaly
        Baselines of the anomaly head, each with rules of its own.
    """

    scores: Mapping[str, Scores]
    best: Scores | None
    anomaly: Mapping[str, AnomalyScores]


@dataclass(frozen=True)
class CandidateMetrics:
    """The metrics files of `evaluate`."""

    evaluate: EvaluateMetrics
    slices: SliceMetrics
    months: MonthMetrics
    fairness: FairnessMetrics


def measure_candidate(
    decided: DecidedSplits, rivals: Rivals, maturity: MaturityMetrics, contract: Contract, params: Params
) -> CandidateMetrics:
    """Measure a candidate and its rivals."""
    return CandidateMetrics(
        evaluate=_measure_splits(decided, rivals, maturity),
        slices=_measure_slices(decided, params.evaluate.min_slice, params.seed),
        months=measure_periods(_periods(decided), maturity, params.seed),
        fairness=FairnessMetrics(
            calibration=_measure_groups(decided, "calibration", contract, params.fairness.min_rows),
            test=_measure_groups(decided, "test", contract, params.fairness.min_rows),
        ),
    )


def _measure_splits(decided: DecidedSplits, rivals: Rivals, maturity: MaturityMetrics) -> EvaluateMetrics:
    outcome = decided.rows["test"].outcome
    splits = {name: measure(part.scores, part.outcome) for name, part in decided.claims.items()}
    return EvaluateMetrics(
        train=splits["train"],
        validation=splits["validation"],
        calibration=splits["calibration"],
        test=splits["test"],
        immature=splits.get(IMMATURE),
        maturity=TestMaturity(
            as_of=maturity.as_of, mature_after_days=maturity.mature_after_days, test=maturity.test
        ),
        decisions=_measure_policy(decided),
        baselines={name: measure(scores, outcome) for name, scores in rivals.scores.items()},
        best_reachable=None if rivals.best is None else measure(rivals.best, outcome),
        anomaly=None if decided.anomaly is None else _measure_anomaly(decided, decided.anomaly, rivals),
    )


def _measure_policy(decided: DecidedSplits) -> PolicyMetrics:
    """Measure what the policy decides on test and what that costs, beside what others would have cost."""
    policy, calibration, test = decided.policy, decided.claims["calibration"], decided.claims["test"]
    return PolicyMetrics(
        **dict(measure_decisions(policy, test)),
        solved=SolvedPolicy(shadow_price=policy.shadow_price, **policy.sets.model_dump()),
        baselines=compare_policies(policy, calibration, test),
        regret=measure_regret(policy, test),
        workload=Workload(
            capacity=policy.reviews_a_day,
            calibration=measure_workload(policy, calibration),
            test=measure_workload(policy, test),
        ),
        prediction_sets=measure_sets(policy.sets, test.scores, test.outcome),
    )


def _measure_anomaly(decided: DecidedSplits, head: AnomalyScores, rivals: Rivals) -> AnomalyReport:
    test = decided.claims["test"]
    by_policy_alone = decided.policy.decide(test.scores, test.amounts)
    return AnomalyReport(
        train=head.measure("train"),
        validation=head.measure("validation"),
        calibration=head.measure("calibration"),
        test=head.measure("test"),
        threshold=head.rules.threshold,
        baselines={name: rival.measure("test") for name, rival in rivals.anomaly.items()},
        sent_to_review=measure_sent_to_review(by_policy_alone, anomalous_claims(head, "test")),
    )


def _measure_groups(decided: DecidedSplits, split: str, contract: Contract, min_rows: int) -> Groups:
    rows, claims = decided.rows[split], decided.claims[split]
    groups = {group: rows.slices[group] for group in contract.protected_groups}
    return measure_fairness(groups, claims.scores, decided.decisions[split], claims.outcome, min_rows)


def _measure_slices(decided: DecidedSplits, min_rows: int, seed: int) -> SliceMetrics:
    """Measure every value of every slice of test, and whether prediction sets held its outcomes."""
    test = decided.claims["test"]
    covered, slices = decided.policy.sets.cover(test.scores, test.outcome), decided.rows["test"].slices
    return measure_slices(
        slices, test.scores, test.outcome, decided.decisions["test"], covered, min_rows, seed
    )


def _periods(decided: DecidedSplits) -> dict[str, Period]:
    """Put beside each split what its decisions cost."""
    return {
        name: Period(
            part.days,
            part.scores,
            part.outcome,
            realised_costs(decided.policy, decided.decisions[name], part),
        )
        for name, part in decided.claims.items()
    }
