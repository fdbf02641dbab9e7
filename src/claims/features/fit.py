"""Fitting the feature path from exact counts: any partition of the training claims gives the same fit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from claims.contract import Contract
from claims.data.batch import Batch, Numbers
from claims.features.encoders.encoder import Resolution
from claims.features.encoders.registry import Encoder, summarise
from claims.features.extractor import FeatureExtractor, ModelInputs
from claims.features.kinds.kind import Kind, LearnedKind, Lesson
from claims.features.kinds.registry import Fitted, kind_of
from claims.features.rows import TrainingRows, Value


@dataclass(frozen=True)
class Part:
    """Some of the training claims.

    Attributes
    ----------
    batch
        n claims with their lines.
    outcome
        float64 [n], 1 approved and 0 rejected.
    """

    batch: Batch
    outcome: Numbers


def fit(
    contract: Contract, batch: Batch, outcome: Numbers, resolution: Resolution, seed: int
) -> tuple[FeatureExtractor, ModelInputs]:
    """Fit the feature path on one batch; see `fit_parts`."""
    extractor, (inputs,) = fit_parts(contract, [Part(batch, outcome)], resolution, seed)
    return extractor, inputs


def fit_parts(
    contract: Contract, parts: Sequence[Part], resolution: Resolution, seed: int
) -> tuple[FeatureExtractor, list[ModelInputs]]:
    """Fit the feature path.

    Parameters
    ----------
    contract
        Declares the features.
    parts
        The training claims, divided in any way.
    resolution
        How finely to encode.
    seed
        Draws the folds of target encodings.

    Returns
    -------
    The fitted extractor, and the training claims' own inputs, part by part: no claim is encoded with its own
    outcome or its own lines.
    """
    values: list[dict[str, Value]] = [dict(part.batch.claims.columns) for part in parts]
    rows = [
        TrainingRows.of(contract, part.batch, known, part.outcome, seed)
        for part, known in zip(parts, values, strict=True)
    ]
    fitted = _fit_features(contract, rows, values)
    encoders = _fit_encoders(contract, values, resolution)
    extractor = FeatureExtractor(
        event_time=contract.claims.event_time, features=contract.features, fitted=fitted, encoders=encoders
    )
    return extractor, [
        extractor.encode(known, len(part.batch)) for part, known in zip(parts, values, strict=True)
    ]


def _fit_features(
    contract: Contract, parts: list[TrainingRows], values: list[dict[str, Value]]
) -> dict[str, Fitted]:
    """Fit one feature after the other; the training claims' own values go into ``values``."""
    fitted: dict[str, Fitted] = {}
    for name, feature in contract.features.items():
        learned, columns = _fit_feature(kind_of(feature), parts)
        fitted |= {} if learned is None else {name: learned}
        for known, column in zip(values, columns, strict=True):
            known[name] = column
    return fitted


def _fit_feature(kind: Kind, parts: list[TrainingRows]) -> tuple[Any, list[Value]]:
    """Fit one feature: what it learned, if it learns, and the training claims' own values, part by part."""
    if not isinstance(kind, LearnedKind):
        return None, [kind.transform(None, rows) for rows in parts]
    summary = _merge(kind.summarise(rows) for rows in parts)
    lesson = Lesson(summary, kind.finish(summary))
    return lesson.learned, [kind.training_values(lesson, rows) for rows in parts]


def _fit_encoders(
    contract: Contract, parts: list[dict[str, Value]], resolution: Resolution
) -> dict[str, Encoder]:
    """Fit the encoders of what the model reads; a number that no claim has is left out."""
    encoders = {}
    for name, feature in contract.features.items():
        if not feature.hidden:
            summary = _merge(summarise(values[name]) for values in parts)
            source = contract.columns.get(feature.reads[0]) if feature.reads else None
            encoders[name] = summary.finish(resolution, source.if_missing if source else "median")
    return {name: encoder for name, encoder in encoders.items() if encoder is not None}


def _merge(summaries: Iterable[Any]) -> Any:
    return reduce(lambda merged, summary: merged.merge(summary), summaries)
