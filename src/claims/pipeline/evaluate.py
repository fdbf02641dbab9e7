"""evaluate: a policy from the calibration window, metrics of all splits, pictures of test."""

from pathlib import Path
from typing import Any

import numpy as np

from claims.config import load_params
from claims.contract import load_contract
from claims.features.extractor import FeatureExtractor
from claims.features.matrices import Labelled, concatenate, read_labelled
from claims.model.baselines import fit_logistic, logistic_logits, majority_logits
from claims.model.best_reachable import best_scores
from claims.model.candidate import load_candidate
from claims.model.coverage import measure_sets
from claims.model.decision import fit_calibration, fit_policy
from claims.model.hindsight import measure_regret
from claims.model.logits import Logits, Scores
from claims.model.measure import measure, measure_slices
from claims.model.money import compare_policies, measure_decisions, measure_workload
from claims.model.network import make_deterministic, predict_logits
from claims.model.pictures import draw_all
from claims.model.policy import DecisionPolicy
from claims.model.policy_pictures import draw_policy
from claims.model.settled import Settled
from claims.pipeline.stage import In, Out, run, write_json
from claims.splits import SPLITS


def evaluate(
    contract_file: In, demo: In, features: In, candidate: In, metrics: Out, slices: Out, pictures: Out
) -> None:
    """Write metrics of the candidate and its baselines, of its slices, and the pictures."""
    params = load_params()
    make_deterministic(params.seed)
    rows = {name: read_labelled(features / f"{name}.parquet") for name in SPLITS}
    test = rows["test"]
    scores = _calibrated(_candidate_logits(candidate, rows), rows["calibration"])
    windows = {name: Settled.of(rows[name], scores[name]) for name in ("calibration", "test")}
    policy = fit_policy(windows["calibration"], params.policy)
    report: dict[str, Any] = {name: measure(scores[name], rows[name].outcome) for name in SPLITS}
    report["decisions"] = _decisions(policy, windows["calibration"], windows["test"])
    report["baselines"], curves = {}, {"network": scores["test"]}
    extractor = FeatureExtractor.read(features / "encoder.json")
    for name, found in _baselines(rows, extractor.rows, params.seed).items():
        baseline = _calibrated(found, rows["calibration"])["test"]
        report["baselines"][name] = measure(baseline, test.outcome)
        if name != "majority":  # its curve is chance's
            curves[name] = baseline
    best = best_scores(load_contract(contract_file), demo / "truth.parquet", test)
    if best is not None:
        report["best_reachable"] = measure(best, test.outcome)
    decisions, covered = (
        policy.decide(scores["test"], test.amount),
        policy.sets.cover(scores["test"], test.outcome),
    )
    by_slice = measure_slices(
        test.slices, scores["test"], test.outcome, decisions, covered, params.evaluate.min_slice
    )
    write_json(metrics, report)
    write_json(slices, by_slice)
    draw_all(pictures, curves, test.outcome, decisions, policy.sets)
    draw_policy(pictures, policy, windows, by_slice)
    reached, logistic = report["test"]["roc_auc"], report["baselines"]["logistic"]["roc_auc"]
    print(f"evaluate: test ROC-AUC {reached:.4f}, logistic regression {logistic:.4f}")


def _candidate_logits(candidate: Path, rows: dict[str, Labelled]) -> dict[str, Logits]:
    """Logits of every split; validation's come from before the refit, when they were held out."""
    model = load_candidate(candidate)
    logits = {name: predict_logits(model, part.inputs) for name, part in rows.items()}
    return logits | {"validation": np.load(candidate / "validation_logits.npy")}


def _calibrated(logits: dict[str, Logits], calibration: Labelled) -> dict[str, Scores]:
    """Scores of each split, by a calibration fitted on the calibration window."""
    fitted = fit_calibration(logits["calibration"], calibration.outcome)
    return {name: fitted.scores(found) for name, found in logits.items()}


def _decisions(policy: DecisionPolicy, calibration: Settled, test: Settled) -> dict[str, Any]:
    """What the policy decides on test and what that costs, beside what others would have cost."""
    return {
        **measure_decisions(policy, test),
        "solved": {"shadow_price": policy.shadow_price, **policy.sets.model_dump()},
        "baselines": compare_policies(policy, calibration, test),
        "regret": measure_regret(policy, test),
        "workload": {
            "capacity": policy.settings.reviews_a_day,
            "calibration": measure_workload(policy, calibration),
            "test": measure_workload(policy, test),
        },
        "prediction_sets": measure_sets(policy.sets, test.scores, test.outcome),
    }


def _baselines(rows: dict[str, Labelled], table_rows: int, seed: int) -> dict[str, dict[str, Logits]]:
    inputs, outcome = concatenate(rows["train"], rows["validation"])
    logistic = fit_logistic(inputs, outcome, table_rows, seed)
    parts = {name: rows[name] for name in ("calibration", "test")}
    return {
        "logistic": {
            name: logistic_logits(logistic, part.inputs, table_rows) for name, part in parts.items()
        },
        "majority": {name: majority_logits(outcome, len(part)) for name, part in parts.items()},
    }


if __name__ == "__main__":
    run(evaluate)
