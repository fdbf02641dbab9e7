"""What a trial of the network learns: outcomes, or a teacher's scores, as `train` teaches the family."""

import io
from pathlib import Path

import numpy as np

from claims.base.files import write_whole
from claims.config.params import Boosting, Params
from claims.config.winner import Winner, resolve
from claims.decisions.logits import Outcome
from claims.features.extractor import FeatureExtractor, ModelInputs
from claims.features.matrices import Labelled
from claims.training.boosting import TreeDesign, select_rounds
from claims.training.distillation import distil, exchange_features

_NOTHING = Winner(family="network", trial=None, values={})


def lesson_of(
    params: Params, extractor: FeatureExtractor, train: Labelled, validation: Labelled, folder: Path
) -> tuple[ModelInputs, Outcome]:
    """ModelInputs of n claims and what is to be learned of them: float32 [n].

    A teacher is fitted once a search; its scores are kept in the search's folder.
    """
    if params.model.family == "dnn":
        return train.inputs, train.outcome
    kept = folder / "lesson.npy"
    synthetic = exchange_features(train.inputs, extractor.places.values(), params.distill, params.seed)
    if not kept.exists():
        content = io.BytesIO()
        np.save(content, _scores(params, extractor, train, validation))
        write_whole(kept, content.getvalue())
    return train.inputs.append(synthetic), np.load(kept)


def _scores(params: Params, extractor: FeatureExtractor, train: Labelled, validation: Labelled) -> Outcome:
    print("tune: fitting the teacher", flush=True)
    boosting = resolve("boosting", params.boosting, "boosting", _NOTHING, Boosting)
    rows, held_out = ((part.inputs, part.outcome) for part in (train, validation))
    rounds = select_rounds(TreeDesign(extractor), boosting, params.seed, rows, held_out)[0].rounds
    return distil(extractor, boosting, params.distill, params.seed, rows, rounds)[1][1]
