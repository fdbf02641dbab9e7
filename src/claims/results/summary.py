"""``metrics/summary.json``: the few figures of the candidate by which `dvc exp show` compares experiments."""

from typing import Self

from claims.base.strict import Strict
from claims.results.evaluate import EvaluateMetrics
from claims.results.files import Figure


class TrainSummary(Strict):
    """Of the training claims."""

    roc_auc: Figure | None
    average_precision: Figure | None
    log_loss: Figure


class ValidationSummary(Strict):
    """Of the validation claims.

    Without log-loss: they are scored before the network is trained again, and calibrated for the one after.
    """

    roc_auc: Figure | None
    average_precision: Figure | None


class TestSummary(Strict):
    """Of the test claims."""

    __test__ = False  # no test of pytest's

    roc_auc: Figure | None
    average_precision: Figure | None
    log_loss: Figure
    calibration_error: Figure
    cost_per_claim: Figure


class SummaryMetrics(Strict):
    """How the candidate does on three splits."""

    train: TrainSummary
    validation: ValidationSummary
    test: TestSummary

    @classmethod
    def of(cls, metrics: EvaluateMetrics) -> Self:
        """Pick the figures out of those of `evaluate`."""
        train, validation, test = metrics.train, metrics.validation, metrics.test
        return cls(
            train=TrainSummary(
                roc_auc=train.roc_auc, average_precision=train.average_precision, log_loss=train.log_loss
            ),
            validation=ValidationSummary(
                roc_auc=validation.roc_auc, average_precision=validation.average_precision
            ),
            test=TestSummary(
                roc_auc=test.roc_auc,
                average_precision=test.average_precision,
                log_loss=test.log_loss,
                calibration_error=test.calibration_error,
                cost_per_claim=metrics.decisions.cost_per_claim,
            ),
        )
