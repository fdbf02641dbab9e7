"""evaluate: a policy from the calibration window, metrics of splits, months and groups, plots."""

from claims.base.stage import In, Out, run
from claims.config.params import load_params
from claims.contract import load_contract
from claims.data.windows import IMMATURE, SPLITS
from claims.evaluation.best_reachable import best_scores
from claims.evaluation.candidate import Rivals, measure_candidate
from claims.evaluation.decided import decide_splits
from claims.features.extractor import FeatureExtractor
from claims.features.matrices import read_labelled
from claims.reporting.evaluation_plots import draw_evaluation
from claims.results.files import read_metrics, write_metrics
from claims.results.maturity import MaturityMetrics
from claims.results.summary import SummaryMetrics
from claims.training.baselines import anomaly_baselines, baseline_scores
from claims.training.candidate import candidate_outputs, family_of, load_trees
from claims.training.network import make_deterministic


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
    plots: Out,
) -> None:
    """Write metrics of the candidate and its baselines, of slices, months and groups, and draw plots."""
    params, contract = load_params(), load_contract(contract_file)
    make_deterministic(params.seed)
    extractor, reviews = FeatureExtractor.read(features / "encoder.json"), params.evaluate.anomaly_reviews
    splits = {name: read_labelled(features / f"{name}.parquet") for name in (*SPLITS, IMMATURE)}
    rows = {name: part for name, part in splits.items() if len(part)}
    decided = decide_splits(candidate_outputs(candidate, extractor, rows), rows, params)
    rivals = Rivals(
        baseline_scores(rows, extractor.rows, load_trees(candidate, extractor), params.seed),
        best_scores(contract, demo / "truth.parquet", rows["test"]),
        anomaly_baselines(rows, reviews, extractor.rows, params.seed) if decided.anomaly else {},
    )
    measured = measure_candidate(decided, rivals, read_metrics(MaturityMetrics, matured), contract, params)
    draw_evaluation(plots, family_of(candidate), decided, rivals, measured)
    write_metrics(metrics, measured.evaluate)
    write_metrics(summary, SummaryMetrics.of(measured.evaluate))
    write_metrics(slices, measured.slices)
    write_metrics(months, measured.months)
    write_metrics(fairness, measured.fairness)
    reached = {**measured.evaluate.baselines, "test": measured.evaluate.test}
    print("evaluate: ROC-AUC " + ", ".join(f"{name} {row.roc_auc:.4f}" for name, row in reached.items()))


if __name__ == "__main__":
    run(evaluate)
