"""evaluate: thresholds from the calibration window, metrics of splits, months and groups, pictures."""

from pathlib import Path
from typing import Any

import numpy as np

from claims.config import Evaluate, Fairness, load_params
from claims.contract import Contract, load_contract
from claims.features.extractor import FeatureExtractor
from claims.features.matrices import Labelled, concatenate, read_labelled
from claims.model.baselines import fit_logistic, logistic_logits, majority_logits
from claims.model.best_reachable import best_scores
from claims.model.boosting import Trees
from claims.model.candidate import load_scorer, load_trees
from claims.model.decision import fit_calibration, fit_thresholds
from claims.model.fairness import measure_fairness
from claims.model.logits import Decisions, Logits, Scores, Thresholds
from claims.model.measure import claim_costs, measure, measure_decisions, measure_slices
from claims.model.network import make_deterministic
from claims.model.periods import Period, measure_periods
from claims.model.pictures import draw_all
from claims.model.report_pictures import draw_reports
from claims.pipeline.stage import In, Out, read_json, run, write_json
from claims.splits import IMMATURE, SPLITS


def evaluate(
    contract_file: In,
    matured: In,
    demo: In,
    features: In,
    candidate: In,
    metrics: Out,
    slices: Out,
    months: Out,
    fairness: Out,
    pictures: Out,
) -> None:
    """Write metrics of the candidate and its baselines, of slices, months and groups, and the pictures."""
    params, contract = load_params(), load_contract(contract_file)
    make_deterministic(params.seed)
    rows = _read_rows(features)
    calibration, test, costs = rows["calibration"], rows["test"], params.evaluate
    extractor = FeatureExtractor.read(features / "encoder.json")
    logits = _candidate_logits(candidate, extractor, rows)
    scores, thresholds = _solve(logits, calibration, costs)
    curves = {"network": scores["test"]}
    report: dict[str, Any] = {name: measure(scores[name], rows[name].outcome, thresholds) for name in rows}
    maturity = read_json(matured)
    report["maturity"] = {name: maturity[name] for name in ("as_of", "mature_after_days", "test")}
    report["decisions"] = measure_decisions(scores["test"], test.outcome, thresholds, costs)
    report["thresholds"] = thresholds.model_dump()
    report["baselines"] = {}
    trees = load_trees(candidate, extractor)
    for name, found in _baselines(rows, extractor, trees, params.seed).items():
        baseline, limits = _solve(found, calibration, costs)
        report["baselines"][name] = measure(baseline["test"], test.outcome, limits)
        if name != "majority":  # its curve is chance's
            curves[name] = baseline["test"]
    best = best_scores(contract, demo / "truth.parquet", test)
    if best is not None:
        report["best_reachable"] = measure(best, test.outcome, thresholds)
    write_json(metrics, report)
    write_json(slices, measure_slices(test.slices, scores["test"], test.outcome, thresholds, costs.min_slice))
    draw_all(pictures, curves, test.outcome, thresholds)
    decided = {name: thresholds.decide(found) for name, found in scores.items()}
    by_month = measure_periods(_periods(rows, scores, decided, costs), maturity, params.seed)
    groups = {
        name: _fairness(contract, rows[name], scores[name], decided[name], params.fairness)
        for name in ("calibration", "test")
    }
    write_json(months, by_month)
    write_json(fairness, groups)
    draw_reports(pictures, by_month["months"], groups)
    reached, logistic = report["test"]["roc_auc"], report["baselines"]["logistic"]["roc_auc"]
    print(f"evaluate: test ROC-AUC {reached:.4f}, logistic regression {logistic:.4f}")


def _read_rows(features: Path) -> dict[str, Labelled]:
    """Every split, and immature claims where there are any."""
    rows = {name: read_labelled(features / f"{name}.parquet") for name in (*SPLITS, IMMATURE)}
    return {name: part for name, part in rows.items() if len(part)}


def _periods(
    rows: dict[str, Labelled], scores: dict[str, Scores], decided: dict[str, Decisions], costs: Evaluate
) -> dict[str, Period]:
    """Each split with what its decisions cost."""
    return {
        name: Period(part.day, scores[name], part.outcome, claim_costs(decided[name], part.outcome, costs))
        for name, part in rows.items()
    }


def _fairness(
    contract: Contract, part: Labelled, scores: Scores, decisions: Decisions, limits: Fairness
) -> dict[str, Any]:
    """Rates of each protected group."""
    groups = {name: part.slices[name] for name in contract.protected_groups}
    return measure_fairness(groups, scores, decisions, part.outcome, limits.min_rows)


def _candidate_logits(
    candidate: Path, extractor: FeatureExtractor, rows: dict[str, Labelled]
) -> dict[str, Logits]:
    """Logits of every split; validation's come from before the refit, when they were held out."""
    scorer = load_scorer(candidate, extractor)
    logits = {name: scorer(part.inputs) for name, part in rows.items()}
    return logits | {"validation": np.load(candidate / "validation_logits.npy")}


def _solve(
    logits: dict[str, Logits], calibration: Labelled, costs: Evaluate
) -> tuple[dict[str, Scores], Thresholds]:
    """Calibrated scores of each split, and thresholds: all fitted on the calibration window."""
    fitted = fit_calibration(logits["calibration"], calibration.outcome)
    scores = {name: fitted.scores(found) for name, found in logits.items()}
    return scores, fit_thresholds(scores["calibration"], calibration.outcome, costs)


def _baselines(
    rows: dict[str, Labelled], extractor: FeatureExtractor, trees: Trees | None, seed: int
) -> dict[str, dict[str, Logits]]:
    inputs, outcome = concatenate(rows["train"], rows["validation"])
    logistic = fit_logistic(inputs, outcome, extractor.rows, seed)
    parts = {name: rows[name] for name in ("calibration", "test")}
    found = {
        "logistic": {n: logistic_logits(logistic, part.inputs, extractor.rows) for n, part in parts.items()},
        "majority": {n: majority_logits(outcome, len(part)) for n, part in parts.items()},
    }
    if trees is not None:
        found["boosting"] = {n: trees.logits(part.inputs) for n, part in parts.items()}
    return found


if __name__ == "__main__":
    run(evaluate)
