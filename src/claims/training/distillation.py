"""Distillation: what boosted trees learned, as rows that a small network can learn it from.

Trees cut sparse codes better than a network of this size learns to; given their scores instead of
single outcomes, the network loses the noise of the labels. Real claims are scored out of fold, so that no
score remembers its own outcome. Synthetic claims, real ones with some features taken from another claim,
show the network the trees' answers off the beaten track; a score needs no outcome there.

Sources: Buciluǎ, Caruana and Niculescu-Mizil (2006), doi:10.1145/1150402.1150464; Hinton, Vinyals and Dean
(2015), arXiv:1503.02531; features exchanged as in Fakoor et al. (2020), arXiv:2006.14284.
"""

from collections.abc import Collection

import numpy as np
from sklearn.model_selection import KFold

from claims.config.params import Boosting, Distill
from claims.decisions.fit_calibration import fit_calibration
from claims.decisions.logits import Logits, Outcome
from claims.features.extractor import FeatureExtractor, ModelInputs, Places
from claims.training.boosting import TreeDesign, Trees, average, fit_trees


def distil(
    extractor: FeatureExtractor,
    boosting: Boosting,
    settings: Distill,
    seed: int,
    data: tuple[ModelInputs, Outcome],
    rounds: int,
) -> tuple[Trees, tuple[ModelInputs, Outcome]]:
    """Make the teacher, and what the network learns from.

    Parameters
    ----------
    extractor
        The fitted feature path.
    boosting, settings
        The sections of params.yaml.
    seed
        Draws folds, trees and exchanges.
    data
        ModelInputs of n claims, and their outcomes: float32 [n].
    rounds
        Trees of each ensemble.

    Returns
    -------
    The teacher, and n · (1 + copies) rows of inputs with the probabilities to be learned: the real claims
    first, in their order.
    """
    inputs, outcome = data
    teacher, logits = cross_fit(TreeDesign(extractor), boosting, settings.folds, seed, data, rounds)
    calibration = fit_calibration(logits, outcome)
    synthetic = exchange_features(inputs, extractor.places.values(), settings, seed)
    answers = np.concatenate((logits, teacher.logits(synthetic)))
    return teacher, (inputs.append(synthetic), calibration.scores(answers).astype(np.float32))


def cross_fit(
    design: TreeDesign,
    settings: Boosting,
    folds: int,
    seed: int,
    data: tuple[ModelInputs, Outcome],
    rounds: int,
) -> tuple[Trees, Logits]:
    """Fit an ensemble a fold, together the teacher, and score each claim by the one that never saw it."""
    inputs, outcome = data
    logits = np.empty(len(outcome))
    ensembles = []
    parts = KFold(folds, shuffle=True, random_state=seed).split(inputs.codes)
    for number, (seen, held_out) in enumerate(parts):
        trees = fit_trees(design, settings, seed + number, (inputs.take(seen), outcome[seen]), rounds)
        logits[held_out] = trees.logits(inputs.take(held_out))
        ensembles.append(trees)
    return average(ensembles), logits


def exchange_features(
    inputs: ModelInputs, features: Collection[Places], settings: Distill, seed: int
) -> ModelInputs:
    """Copy all claims ``copies`` times, each feature from another claim with the chance ``exchange``."""
    draw = np.random.default_rng(seed)
    synthetic = inputs.take(np.empty(0, dtype=np.int64))
    for _ in range(settings.copies):
        synthetic = synthetic.append(_exchanged(inputs, features, settings.exchange, draw))
    return synthetic


def _exchanged(
    inputs: ModelInputs, features: Collection[Places], chance: float, draw: np.random.Generator
) -> ModelInputs:
    codes, numbers = inputs.codes.copy(), inputs.numbers.copy()
    other = draw.permutation(len(inputs))
    for places in features:
        rows = np.flatnonzero(draw.random(len(inputs)) < chance)
        to, source = rows[:, None], other[rows][:, None]
        codes[to, places.codes] = inputs.codes[source, places.codes]
        numbers[to, places.numbers] = inputs.numbers[source, places.numbers]
    return ModelInputs(codes, numbers)
