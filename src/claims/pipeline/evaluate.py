"""evaluate: a policy from the calibration window, metrics of splits, months and groups, pictures."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from claims.base.stage import In, Out, read_json, run, write_json
from claims.config.params import Fairness, Params, load_params
from claims.contract import Contract, load_contract
from claims.data.windows import IMMATURE, SPLITS
from claims.decisions.costs import compare_policies, measure_decisions, measure_workload, realised_costs
from claims.decisions.fit_calibration import fit_calibration
from claims.decisions.fit_policy import fit_policy
from claims.decisions.logits import Decisions, Logits, Outputs, Scores
from claims.decisions.policy import DecisionPolicy
from claims.decisions.regret import measure_regret
from claims.decisions.scored_claims import ScoredClaims
from claims.evaluation.anomalies import JudgedAnomaly, anomalous_claims, judge_anomaly
from claims.evaluation.best_reachable import best_scores
from claims.evaluation.coverage import measure_sets
from claims.evaluation.fairness import measure_fairness
from claims.evaluation.metrics import measure
from claims.evaluation.months import Period, measure_periods
from claims.evaluation.slices import measure_slices
from claims.features.extractor import FeatureExtractor
from claims.features.matrices import Labelled, concatenate, read_labelled
from claims.reporting.anomaly_report import judge_baselines, report_anomaly
from claims.reporting.candidate_plots import draw_all
from claims.reporting.group_plots import draw_reports
from claims.reporting.policy_plots import draw_policy
from claims.reporting.summary import summarize_candidate
from claims.training.baselines import fit_logistic, logistic_logits, majority_logits
from claims.training.boosting import Trees
from claims.training.candidate import has_network, load_scorer, load_trees
from claims.training.network import make_deterministic

Splits = dict[str, Labelled]
Scored = dict[str, Scores]
WINDOWS = ("calibration", "test")  # what is fitted on, and what is reported


def evaluate(
    contract_file: In,
    matured: In,
    demo: In,
    features: In,
    candidate: In,
    metrics: Out,
    summary: Out,
    slices: Out,
    months: Out,
    fairness: Out,
    pictures: Out,
) -> None:
    """Write metrics of the candidate and its baselines, of slices, months and groups, and draw pictures."""
    params, contract, maturity = load_params(), load_contract(contract_file), read_json(matured)
    make_deterministic(params.seed)
    rows, extractor = _read_rows(features), FeatureExtractor.read(features / "encoder.json")
    found = _judge(_candidate_outputs(candidate, extractor, rows), rows, params)
    others = _baselines(rows, extractor, load_trees(candidate, extractor), params.seed)
    report = _report(found, others, maturity)
    best = best_scores(contract, demo / "truth.parquet", rows["test"])
    if best is not None:
        report["best_reachable"] = measure(best, rows["test"].outcome)
    by_slice = _slices(found, params.evaluate.min_slice, params.seed)
    by_month = measure_periods(_periods(found), maturity, params.seed)
    by_group = {name: _groups(found, name, contract, params.fairness) for name in WINDOWS}
    _draw(pictures, found, _curves(candidate, found, others), by_slice)
    draw_reports(pictures, by_month["months"], by_group)
    if found.anomaly is not None:
        judged = judge_baselines(rows, params.evaluate.anomaly_reviews, extractor.rows, params.seed)
        report["anomaly"] = report_anomaly(found.anomaly, judged, _without_anomalies(found), pictures)
    written = {
        metrics: report,
        summary: summarize_candidate(report),
        slices: by_slice,
        months: by_month,
        fairness: by_group,
    }
    for path, content in written.items():
        write_json(path, content)
    reached = {name: row["roc_auc"] for name, row in report["baselines"].items()}
    reached["test"] = report["test"]["roc_auc"]
    print("evaluate: ROC-AUC " + ", ".join(f"{name} {auc:.4f}" for name, auc in reached.items()))


def _curves(candidate: Path, found: "_Judged", others: Scored) -> Scored:
    """Test scores by the name of what gave them, the candidate first."""
    named = "network" if has_network(candidate) else "boosting"
    rivals = {name: scores for name, scores in others.items() if name not in (named, "majority")}
    return {named: found.scores["test"], **rivals}


def _draw(pictures: Path, found: "_Judged", curves: Scored, by_slice: dict[str, Any]) -> None:
    """How the test claims are ranked, decided and paid for."""
    outcome, sets = found.rows["test"].outcome, found.policy.sets
    draw_all(pictures, curves, outcome, found.decided["test"], sets)
    draw_policy(pictures, found.policy, {name: found.settled[name] for name in WINDOWS}, by_slice)


@dataclass(frozen=True)
class _Judged:
    """The candidate's scores of every split, and what is decided on them."""

    rows: Splits
    scores: Scored
    anomaly: JudgedAnomaly | None
    settled: dict[str, ScoredClaims]
    policy: DecisionPolicy
    decided: dict[str, Decisions]


def _judge(outputs: dict[str, Outputs], rows: Splits, params: Params) -> _Judged:
    """Calibrate, solve the policy on the calibration window, and decide every split."""
    reviews = params.evaluate.anomaly_reviews
    scores = _calibrated({name: found.logit for name, found in outputs.items()}, rows["calibration"])
    anomaly = judge_anomaly({name: found.anomaly for name, found in outputs.items()}, rows, reviews)
    settled = {
        name: ScoredClaims.of(part, scores[name], anomalous_claims(anomaly, name))
        for name, part in rows.items()
    }
    policy = fit_policy(settled["calibration"], params.policy)
    decided = {name: part.decided_by(policy) for name, part in settled.items()}
    return _Judged(rows, scores, anomaly, settled, policy, decided)


def _report(found: _Judged, others: Scored, maturity: dict[str, Any]) -> dict[str, Any]:
    """Metrics of every split, of the decisions on test, and of the baselines there."""
    outcome = found.rows["test"].outcome
    return {
        **{name: measure(found.scores[name], part.outcome) for name, part in found.rows.items()},
        "maturity": {name: maturity[name] for name in ("as_of", "mature_after_days", "test")},
        "decisions": _decisions(found.policy, found.settled["calibration"], found.settled["test"]),
        "baselines": {name: measure(scores, outcome) for name, scores in others.items()},
    }


def _without_anomalies(found: _Judged) -> Decisions:
    """What the policy alone says of the test claims."""
    return found.policy.decide(found.scores["test"], found.settled["test"].amounts)


def _groups(found: _Judged, name: str, contract: Contract, limits: Fairness) -> dict[str, Any]:
    """Rates of each protected group in one split."""
    part = found.rows[name]
    groups = {group: part.slices[group] for group in contract.protected_groups}
    return measure_fairness(groups, found.scores[name], found.decided[name], part.outcome, limits.min_rows)


def _read_rows(features: Path) -> Splits:
    """Every split, and immature claims where there are any."""
    rows = {name: read_labelled(features / f"{name}.parquet") for name in (*SPLITS, IMMATURE)}
    return {name: part for name, part in rows.items() if len(part)}


def _candidate_outputs(candidate: Path, extractor: FeatureExtractor, rows: Splits) -> dict[str, Outputs]:
    """Logits of every split; validation's come from before the refit, when they were held out."""
    scorer, second = load_scorer(candidate, extractor), candidate / "validation_anomaly_logits.npy"
    outputs = {name: scorer(part.inputs) for name, part in rows.items()}
    approval = np.load(candidate / "validation_logits.npy")
    return outputs | {"validation": Outputs(approval, np.load(second) if second.exists() else None)}


def _calibrated(logits: dict[str, Logits], calibration: Labelled) -> Scored:
    """Scores of each split, by a calibration fitted on the calibration window."""
    fitted = fit_calibration(logits["calibration"], calibration.outcome)
    return {name: fitted.scores(found) for name, found in logits.items()}


def _baselines(rows: Splits, extractor: FeatureExtractor, trees: Trees | None, seed: int) -> Scored:
    """Calibrated test scores of what the network has to beat, and of the trees that it learned from."""
    inputs, outcome = concatenate(rows["train"], rows["validation"])
    logistic, width = fit_logistic(inputs, outcome, extractor.rows, seed), extractor.rows
    parts = {name: rows[name] for name in ("calibration", "test")}
    found = {
        "logistic": {name: logistic_logits(logistic, part.inputs, width) for name, part in parts.items()},
        "majority": {name: majority_logits(outcome, len(part)) for name, part in parts.items()},
    }
    if trees is not None:
        found["boosting"] = {name: trees.logits(part.inputs) for name, part in parts.items()}
    return {name: _calibrated(logits, rows["calibration"])["test"] for name, logits in found.items()}


def _decisions(policy: DecisionPolicy, calibration: ScoredClaims, test: ScoredClaims) -> dict[str, Any]:
    """What the policy decides on test and what that costs, beside what others would have cost."""
    return {
        **measure_decisions(policy, test),
        "solved": {"shadow_price": policy.shadow_price, **policy.sets.model_dump()},
        "baselines": compare_policies(policy, calibration, test),
        "regret": measure_regret(policy, test),
        "workload": {
            "capacity": policy.reviews_a_day,
            "calibration": measure_workload(policy, calibration),
            "test": measure_workload(policy, test),
        },
        "prediction_sets": measure_sets(policy.sets, test.scores, test.outcome),
    }


def _slices(found: _Judged, min_rows: int, seed: int) -> dict[str, Any]:
    """Metrics of every value of every slice, and whether prediction sets held its outcomes."""
    test, scores = found.rows["test"], found.scores["test"]
    covered = found.policy.sets.cover(scores, test.outcome)
    decided = found.decided["test"]
    return measure_slices(test.slices, scores, test.outcome, decided, covered, min_rows, seed)


def _periods(found: _Judged) -> dict[str, Period]:
    """Each split with what its decisions cost."""
    costs = {
        name: realised_costs(found.policy, found.decided[name], part) for name, part in found.settled.items()
    }
    return {
        name: Period(part.days, part.scores, part.outcome, costs[name])
        for name, part in found.settled.items()
    }


if __name__ == "__main__":
    run(evaluate)
