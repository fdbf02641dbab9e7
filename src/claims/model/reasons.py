"""Why a score is low: the features that moved it most towards rejection, compared with a reference claim."""

from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from claims.base.strict import Strict
from claims.decisions.logits import Logits
from claims.features.extractor import FeatureExtractor, ModelInputs, Places

REASONS = 3  # as many as a person reads


class Model(Protocol):
    """What turns model inputs into logits."""

    def logits(self, inputs: ModelInputs) -> Logits:
        """Return the logits of n claims: float64 [n]."""


class ReferenceClaim(Strict):
    """Model inputs of a typical training claim, feature by feature.

    Attributes
    ----------
    codes, numbers
        One row of ``ModelInputs.codes`` and of ``ModelInputs.numbers``.
    """

    codes: tuple[int, ...]
    numbers: tuple[float, ...]

    @classmethod
    def of(cls, extractor: FeatureExtractor, inputs: ModelInputs) -> Self:
        """Take what is usual of each feature: the most frequent category and set of items, the median number.

        A number's code and place come from the same claim, so that they agree.
        """
        codes, numbers = np.zeros(inputs.codes.shape[1], np.int32), np.zeros(inputs.numbers.shape[1])
        for places in extractor.places.values():
            own = ModelInputs(inputs.codes[:, places.codes], inputs.numbers[:, places.numbers])
            row = _usual_row(own)
            codes[places.codes], numbers[places.numbers] = own.codes[row], own.numbers[row]
        return cls(codes=tuple(codes.tolist()), numbers=tuple(numbers.tolist()))


def _usual_row(own: ModelInputs) -> int:
    """Return the row that shows what is usual of a feature: at the median of its number, else at its mode."""
    both = own.codes.shape[1] and own.numbers.shape[1]
    if both:
        return int(np.argsort(own.numbers[:, 0], kind="stable")[len(own) // 2])
    part: NDArray = own.codes if own.codes.shape[1] else own.numbers
    _, first, counts = np.unique(part, axis=0, return_index=True, return_counts=True)
    return int(first[np.argmax(counts)])


def find_reasons(
    model: Model, extractor: FeatureExtractor, reference: ReferenceClaim, inputs: ModelInputs
) -> list[tuple[str, ...]]:
    """Name up to three features a claim, the strongest first; never a value.

    Each feature in turn takes the inputs of the reference claim; by how much the logit then rises, the
    feature had moved it towards rejection. A feature that did not is no reason. Features that say the same
    share their effect, so that each of them may look weak.

    Source: occlusion, Zeiler and Fergus (2014), doi:10.1007/978-3-319-10590-1_53; of single features,
    Robnik-Šikonja and Kononenko (2008), doi:10.1109/TKDE.2007.190734.

    Parameters
    ----------
    model
        Gives logits, such as `claims.model.interpreter.TFLiteModel`.
    extractor
        Says which inputs are whose.
    reference
        What takes a feature's place.
    inputs
        n claims.
    """
    before = model.logits(inputs)
    names = np.array(list(extractor.places))
    rises = np.array(
        [model.logits(_occluded(inputs, places, reference)) - before for places in extractor.places.values()]
    )
    strongest = np.argsort(-rises, axis=0, kind="stable")[:REASONS].T
    return [tuple(names[ranked[rises[ranked, row] > 0]].tolist()) for row, ranked in enumerate(strongest)]


def _occluded(inputs: ModelInputs, places: Places, reference: ReferenceClaim) -> ModelInputs:
    """Return the claims with one feature's inputs taken from the reference claim."""
    codes, numbers = inputs.codes.copy(), inputs.numbers.copy()
    codes[:, places.codes] = [reference.codes[place] for place in places.codes]
    numbers[:, places.numbers] = [reference.numbers[place] for place in places.numbers]
    return ModelInputs(codes, numbers)
