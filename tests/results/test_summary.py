"""The few figures that experiments are compared by are those of the whole files."""

from claims.results.files import as_json
from claims.results.shipped import ShippedMetrics
from claims.results.summary import SummaryMetrics
from metrics_parts import SCORES, evaluate_metrics, judged_variant


def test_the_candidates_figures_are_those_of_its_splits() -> None:
    test = SCORES.model_copy(update={"roc_auc": 0.8, "calibration_error": 0.02})
    summary = SummaryMetrics.of(evaluate_metrics(test=test))
    assert as_json(summary) == {
        "train": {"roc_auc": 0.8475, "average_precision": 0.91, "log_loss": 0.41},
        "validation": {"roc_auc": 0.8475, "average_precision": 0.91},
        "test": {
            "roc_auc": 0.8,
            "average_precision": 0.91,
            "log_loss": 0.41,
            "calibration_error": 0.02,
            "cost_per_claim": 18.0,
        },
    }


def test_the_shipped_figures_are_those_of_the_variant_and_the_packed_file() -> None:
    shipped = ShippedMetrics.of(judged_variant(65_680, 0.0065, []), 774_331)
    figures = {"roc_auc": 0.8475, "flips": 0.0065, "cost_per_claim": 18.0, "bytes": 774_331}
    assert as_json(shipped) == {"shipped": figures}
