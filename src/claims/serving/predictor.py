"""`OptimizedPredictor`: typed claims in; score, decision, route and, where asked for, reasons out."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from claims.base.errors import ModelError
from claims.data.amounts import amounts
from claims.data.batch import Batch
from claims.data.correct import correct
from claims.decisions.logits import Decision, Scores
from claims.features.extractor import ModelInputs
from claims.model.interpreter import TFLiteModel
from claims.model.origin import check_origin
from claims.model.package import Package, unpack_file
from claims.model.packed_file import read_packed_file
from claims.model.reasons import find_reasons


@dataclass(frozen=True)
class Predictions:
    """Scores, decisions, routes and reasons of n claims.

    Attributes
    ----------
    ml_score
        float64 [n], calibrated probability of approval; NaN where a claim was skipped.
    ml_derived_decision
        str [n], one of `claims.decisions.logits.Decision`.
    ml_route
        str [n], one of `claims.decisions.policy.Route`: whether the decision stands or a person looks at it.
    ml_anomaly_score
        float64 [n], calibrated probability that an audit finds something; NaN where a claim was skipped,
        None where the model does not score anomalies.
    ml_reasons
        Where asked for: of each claim that reaches a person, names of the features that moved its score
        most towards rejection, the strongest first; empty for the others.
    """

    ml_score: Scores
    ml_derived_decision: NDArray[np.str_]
    ml_route: NDArray[np.str_]
    ml_anomaly_score: Scores | None = None
    ml_reasons: list[tuple[str, ...]] | None = None


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
    >>> predictor = OptimizedPredictor.load("models/claims_model.tflite")  # doctest: +SKIP
    >>> predictor.predict(batch).ml_score  # doctest: +SKIP
    array([0.93, 0.18])
    """

    def __init__(self, package: Package, threads: int = 1) -> None:
        self.contract, self.extractor, self.rules = package.contract, package.extractor, package.rules
        self.reference_claim = package.reference_claim
        self.key_fingerprint = package.key_fingerprint
        self._model = TFLiteModel(package.flatbuffer, threads)
        if self.scores_anomalies != self._model.scores_anomalies:
            problem = "its graph and its rules disagree on an anomaly head"
            raise ModelError("model", problem, "Build it again with `dvc repro`.")

    @property
    def scores_anomalies(self) -> bool:
        """Whether claims get ``ml_anomaly_score`` too."""
        return self.rules.anomaly is not None

    @classmethod
    def load(cls, path: Path | str, threads: int = 1, public_key: Path | None = None) -> Self:
        """Read ``models/claims_model.tflite`` or another packed model.

        Parameters
        ----------
        path
            Of the model.
        threads
            Of one call.
        public_key
            Serve releases alone that the holder of this key signed (`claims.model.origin`); None: any.

        Raises
        ------
        ModelError
            Names what is wrong with the file.
        ReleaseError
            Where it is no release, or its signature does not hold.
        """
        path = Path(path)
        file = read_packed_file(path)
        if public_key is not None:
            check_origin(path, file, public_key)
        return cls(unpack_file(file), threads)

    def predict(self, batch: Batch, *, reasons: bool = False) -> Predictions:
        """Score parsed claims: correct, derive and encode them as in training, then decide.

        Parameters
        ----------
        batch
            n claims.
        reasons
            Whether to look for the reasons of the claims that reach a person: some 50 runs of the graph.
        """
        contract, rules = self.contract, self.rules
        corrected, _ = correct(contract.inputs, contract.line_inputs, batch)
        inputs = self.extractor.transform(corrected)
        outputs = self._model.outputs(inputs)
        scores, anomaly = rules.calibration.scores(outputs.logit), rules.anomaly_scores(outputs)
        decided = rules.decide(scores, anomaly, amounts(contract, corrected.claims))
        skipped = _unreadable(batch)
        decisions = np.where(skipped, Decision.SKIPPED.value, decided)
        predictions = Predictions(
            ml_score=np.where(skipped, np.nan, scores),
            ml_derived_decision=decisions,
            ml_route=rules.policy.routes(decisions),
            ml_anomaly_score=None if anomaly is None else np.where(skipped, np.nan, anomaly),
        )
        if not reasons:
            return predictions
        asked = ~skipped & rules.policy.reaches_person(decisions)
        return replace(predictions, ml_reasons=self._reasons(inputs, asked))

    def _reasons(self, inputs: ModelInputs, asked: NDArray[np.bool_]) -> list[tuple[str, ...]]:
        rows = np.flatnonzero(asked)
        chosen = ModelInputs(inputs.codes[rows], inputs.numbers[rows])
        reasons = iter(find_reasons(self._model, self.extractor, self.reference_claim, chosen))
        return [next(reasons) if is_asked else () for is_asked in asked]


def _unreadable(batch: Batch) -> NDArray[np.bool_]:
    """Tell which claims hold a value, their own or a line's, that its type cannot hold: bool [n]."""
    skipped = np.zeros(len(batch), dtype=bool)
    for mask in batch.claims.unreadable.values():
        skipped |= mask
    for mask in batch.lines.unreadable.values():
        skipped[batch.owner[mask]] = True
    return skipped
