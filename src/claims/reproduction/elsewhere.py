"""Two models on the same claims: what has to hold where a processor's last bits are not the release's."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from claims.features.matrices import read_labelled
from claims.releases.contest import read_claims
from claims.serving.predictor import OptimizedPredictor


class Agreement(NamedTuple):
    """Agreement of two models on n claims.

    Attributes
    ----------
    claims
        n.
    decisions
        That differ.
    score
        The largest difference of a score.
    """

    claims: int
    decisions: int
    score: float

    def holds(self, tolerance: float) -> bool:
        """Say whether decisions are equal and scores within the tolerance."""
        return self.decisions == 0 and self.score <= tolerance

    def __str__(self) -> str:
        return f"{self.decisions} of {self.claims:,} decisions differ, and scores by {self.score:.2g} at most"


def agree(released: Path, made: Path, data: Path) -> Agreement:
    """Score the test claims of a run by the released model and by the one that the run made."""
    test = read_labelled(data / "features" / "test.parquet")
    rows = np.arange(len(test))
    released_scores, made_scores = (
        predictor.predict(read_claims(predictor.contract, data / "raw", test, rows))
        for predictor in (OptimizedPredictor.load(path) for path in (released, made))
    )
    decisions = released_scores.ml_derived_decision != made_scores.ml_derived_decision
    return Agreement(
        len(test), int(decisions.sum()), float(np.abs(released_scores.ml_score - made_scores.ml_score).max())
    )
