"""`OptimizedPredictor`: typed claims in, ``ml_score`` and ``ml_derived_decision`` out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from claims.columns.batch import Batch
from claims.columns.correct import correct
from claims.errors import ModelError
from claims.model.interpreter import TFLiteModel
from claims.model.logits import Decision, Scores, send_anomalies_to_review
from claims.model.package import Package, unpack


@dataclass(frozen=True)
class Scored:
    """What the model says of n claims.

    Attributes
    ----------
    ml_score
        float64 [n], calibrated probability of approval; NaN where a claim was skipped.
    ml_derived_decision
        str [n], one of `claims.model.logits.Decision`.
    ml_anomaly_score
        float64 [n], calibrated probability that an audit finds something; NaN where a claim was skipped,
        None where the model does not score anomalies.
    """

    ml_score: Scores
    ml_derived_decision: NDArray[np.str_]
    ml_anomaly_score: Scores | None = None


class OptimizedPredictor:
    """A packed model, ready to score; one thread at a time.

    Parameters
    ----------
    package
        From `claims.model.package.unpack`.
    threads
        Of one call.

    Examples
    --------
    >>> predictor = OptimizedPredictor.load(Path("models/claims_model.tflite"))  # doctest: +SKIP
    >>> predictor.predict(batch).ml_score  # doctest: +SKIP
    array([0.93, 0.18])
    """

    def __init__(self, package: Package, threads: int = 1) -> None:
        self.contract, self.extractor, self.rules = package.contract, package.extractor, package.rules
        self.key_fingerprint = package.key_fingerprint
        self._model = TFLiteModel(package.content, threads)
        if self.scores_anomalies != self._model.scores_anomalies:
            found = "its graph and its rules disagree on a second output"
            raise ModelError("model", found, "Build it again with `dvc repro`.")

    @property
    def scores_anomalies(self) -> bool:
        """Whether claims get ``ml_anomaly_score`` too."""
        return self.rules.anomaly is not None

    @classmethod
    def load(cls, path: Path, threads: int = 1) -> Self:
        """Read ``models/claims_model.tflite`` or another packed model.

        Raises
        ------
        ModelError
            Names what is wrong with the file.
        """
        return cls(unpack(path), threads)

    def predict(self, batch: Batch) -> Scored:
        """Score parsed claims: correct, derive and encode them as in training, then decide."""
        contract = self.contract
        corrected, _ = correct(contract.inputs, contract.line_inputs, batch)
        outputs = self._model.outputs(self.extractor.transform(corrected))
        scores = self.rules.calibration.scores(outputs.logit)
        skipped = _unreadable(batch)
        decisions = np.where(skipped, Decision.SKIPPED.value, self.rules.thresholds.decide(scores))
        anomaly = self.rules.anomaly_scores(outputs)
        if self.rules.anomaly is not None and anomaly is not None:
            decisions = send_anomalies_to_review(decisions, anomaly, self.rules.anomaly.threshold)
            anomaly = np.where(skipped, np.nan, anomaly)
        return Scored(np.where(skipped, np.nan, scores), decisions, anomaly)


def _unreadable(batch: Batch) -> NDArray[np.bool_]:
    """Claims with a value, their own or a line's, that its type cannot hold: bool [n]."""
    skipped = np.zeros(len(batch), dtype=bool)
    for mask in batch.claims.unreadable.values():
        skipped |= mask
    for mask in batch.lines.unreadable.values():
        skipped[batch.owner[mask]] = True
    return skipped
