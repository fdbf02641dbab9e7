"""evaluate: thresholds from the calibration window, metrics of all splits, pictures of test."""

from pathlib import Path
from typing import Any

import numpy as np

from claims.config import Evaluate, load_params
from claims.contract import load_contract
from claims.features.extractor import FeatureExtractor
from claims.features.matrices import Labelled, concatenate, read_labelled
from claims.model.anomalies import judge_anomaly
from claims.model.baselines import fit_logistic, logistic_logits, majority_logits
from claims.model.best_reachable import best_scores
from claims.model.candidate import load_candidate
from claims.model.decision import fit_calibration, fit_thresholds
from claims.model.logits import Logits, Outputs, Scores, Thresholds
from claims.model.measure import measure, measure_decisions, measure_slices
from claims.model.network import make_deterministic, predict_outputs
from claims.model.pictures import draw_all
from claims.pipeline.anomaly_report import judge_baselines, report_anomaly
from claims.pipeline.stage import In, Out, run, write_json
from claims.splits import SPLITS


def evaluate(
    contract_file: In, demo: In, features: In, candidate: In, metrics: Out, slices: Out, pictures: Out
) -> None:
    """Write metrics of the candidate and its baselines, of its slices, and the pictures."""
    params = load_params()
    make_deterministic(params.seed)
    rows = {name: read_labelled(features / f"{name}.parquet") for name in SPLITS}
    calibration, test, costs = rows["calibration"], rows["test"], params.evaluate
    outputs = _candidate_outputs(candidate, rows)
    scores, thresholds = _solve({name: found.logit for name, found in outputs.items()}, calibration, costs)
    curves = {"network": scores["test"]}
    report: dict[str, Any] = {name: measure(scores[name], rows[name].outcome, thresholds) for name in SPLITS}
    report["decisions"] = measure_decisions(scores["test"], test.outcome, thresholds, costs)
    report["thresholds"] = thresholds.model_dump()
    report["baselines"] = {}
    extractor = FeatureExtractor.read(features / "encoder.json")
    for name, found in _baselines(rows, extractor.rows, params.seed).items():
        baseline, limits = _solve(found, calibration, costs)
        report["baselines"][name] = measure(baseline["test"], test.outcome, limits)
        if name != "majority":  # its curve is chance's
            curves[name] = baseline["test"]
    best = best_scores(load_contract(contract_file), demo / "truth.parquet", test)
    if best is not None:
        report["best_reachable"] = measure(best, test.outcome, thresholds)
    draw_all(pictures, curves, test.outcome, thresholds)
    second = {name: found.anomaly for name, found in outputs.items()}
    judged = judge_anomaly(second, calibration, costs.anomaly_reviews)
    rivals = judge_baselines(rows, costs.anomaly_reviews, extractor.rows, params.seed)
    report |= report_anomaly(rows, judged, rivals, thresholds.decide(scores["test"]), pictures)
    write_json(metrics, report)
    write_json(slices, measure_slices(test.slices, scores["test"], test.outcome, thresholds, costs.min_slice))
    reached, logistic = report["test"]["roc_auc"], report["baselines"]["logistic"]["roc_auc"]
    print(f"evaluate: test ROC-AUC {reached:.4f}, logistic regression {logistic:.4f}")


def _candidate_outputs(candidate: Path, rows: dict[str, Labelled]) -> dict[str, Outputs]:
    """Logits of every split; validation's come from before the refit, when they were held out."""
    model = load_candidate(candidate)
    outputs = {name: predict_outputs(model, part.inputs) for name, part in rows.items()}
    second = candidate / "validation_anomaly_logits.npy"
    held_out = Outputs(
        np.load(candidate / "validation_logits.npy"), np.load(second) if second.exists() else None
    )
    return outputs | {"validation": held_out}


def _solve(
    logits: dict[str, Logits], calibration: Labelled, costs: Evaluate
) -> tuple[dict[str, Scores], Thresholds]:
    """Calibrated scores of each split, and thresholds: all fitted on the calibration window."""
    fitted = fit_calibration(logits["calibration"], calibration.outcome)
    scores = {name: fitted.scores(found) for name, found in logits.items()}
    return scores, fit_thresholds(scores["calibration"], calibration.outcome, costs)


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
