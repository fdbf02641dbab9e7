"""Fitting the feature path on training rows, with scikit-learn's own estimators.

Serving never imports this module: it reads what was learned from the model file.
"""

import warnings
from collections import Counter
from collections.abc import Mapping

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.model_selection import KFold
from sklearn.preprocessing import KBinsDiscretizer, OrdinalEncoder, QuantileTransformer

from claims.base.strict import Strict
from claims.contract import Contract
from claims.contract import features as kinds
from claims.contract.line_features import LineFeature
from claims.data.batch import ITEM, Batch, Categories, Numbers, months_of
from claims.features.derive import Value, Values, category, cross, derive, number
from claims.features.encode import Encoder, Presence, Scale, Vocabulary
from claims.features.extractor import FeatureExtractor, ModelInputs, apply
from claims.features.fit_history import Past, fit_history
from claims.features.fit_lines import fit_lines
from claims.features.fit_means import fit_means
from claims.features.fitted import Fitted, ItemVocabulary, TargetTable


class Resolution(Strict):
    """How finely features are encoded.

    Attributes
    ----------
    min_frequency
        Training rows below which a category shares the code of unseen ones.
    bins, quantiles
        Bins and quantiles of a number; fewer where it has fewer distinct values.
    """

    min_frequency: int
    bins: int
    quantiles: int


def fit(
    contract: Contract, batch: Batch, outcome: Numbers, resolution: Resolution, seed: int
) -> tuple[FeatureExtractor, ModelInputs]:
    """Fit the feature path.

    Parameters
    ----------
    contract
        Declares the features.
    batch
        n training claims.
    outcome
        float64 [n], 1 approved and 0 rejected.
    resolution
        How finely to encode.
    seed
        Draws the folds of target encodings.

    Returns
    -------
    The fitted extractor, and the training rows' own inputs: target encodings are out of fold there, so that
    no row is encoded with its own outcome.
    """
    values: dict[str, Value] = dict(batch.claims.columns)
    event = contract.claims.event_time
    past, detrended = Past.of(contract, values, outcome), detrend(outcome, number(values, event))
    fitted: dict[str, Fitted] = {}
    for name, feature in contract.features.items():
        if isinstance(feature, kinds.Target):
            fitted[name], values[name] = fit_target(feature, values, detrended, seed)
        elif isinstance(feature, LineFeature):
            fitted[name], values[name] = fit_lines(feature, values, batch, detrended, seed)
        elif isinstance(feature, kinds.Items):
            fitted[name] = fit_items(category(values, feature.of), feature.top)
            values[name] = apply(fitted[name], feature, values, event)
        elif isinstance(feature, kinds.Prior):
            fitted[name] = fit_history(feature, values, past)
            values[name] = apply(fitted[name], feature, values, event)
        else:
            values[name] = derive(feature, values, batch)
    visible = {name: feature for name, feature in contract.features.items() if not feature.hidden}
    encoders = {name: _encoder(contract, name, values, fitted, resolution) for name in visible}
    extractor = FeatureExtractor(
        event_time=event, features=contract.features, fitted=fitted, encoders=_with_content(encoders)
    )
    return extractor, extractor.encode(values, len(batch))


def detrend(outcome: Numbers, days: Numbers) -> Numbers:
    """The outcome minus the mean of its calendar quarter."""
    _, quarter = np.unique(months_of(days) // 3, return_inverse=True)
    return outcome - (np.bincount(quarter, weights=outcome) / np.bincount(quarter))[quarter]


def fit_target(
    feature: kinds.Target, values: Values, detrended: Numbers, seed: int
) -> tuple[TargetTable, Numbers]:
    """The table of means over all training rows, and the rows' own out-of-fold values."""
    joint = cross([category(values, name) for name in feature.of])
    return fit_means(
        joint, detrended, feature.smoothing, KFold(feature.folds, shuffle=True, random_state=seed)
    )


def fit_items(lists: Categories, top: int) -> ItemVocabulary:
    """The ``top`` items that the most claims hold; ties in alphabetical order."""
    rows = np.bincount(lists.codes[lists.codes >= 0], minlength=len(lists.levels))
    counts: Counter[str] = Counter()
    for level, count in zip(lists.levels, rows.tolist(), strict=True):
        counts.update(dict.fromkeys(level.split(ITEM), count))
    frequent = sorted((item for item in counts if counts[item]), key=lambda item: (-counts[item], item))
    return ItemVocabulary(items=tuple(frequent[:top]))


def _encoder(
    contract: Contract, name: str, values: Values, fitted: Mapping[str, Fitted], resolution: Resolution
) -> Encoder | None:
    """The encoder of one feature; None for a number that training rows never have."""
    learned = fitted.get(name)
    if isinstance(learned, ItemVocabulary):
        return Presence(names=learned.items)
    value = values[name]
    if isinstance(value, Categories):
        return fit_vocabulary(value, resolution.min_frequency)
    column = contract.columns.get(contract.features[name].reads[0]) if contract.features[name].reads else None
    return fit_scale(value, resolution, column.if_missing if column else "median")


def _with_content(encoders: Mapping[str, Encoder | None]) -> dict[str, Encoder]:
    return {name: encoder for name, encoder in encoders.items() if encoder is not None}


def fit_vocabulary(values: Categories, min_frequency: int) -> Vocabulary:
    """Levels frequent enough to be learned, in scikit-learn's order."""
    known = values.texts()[values.codes >= 0].reshape(-1, 1)
    if not len(known):
        return Vocabulary(levels=())
    encoder = OrdinalEncoder(
        min_frequency=min_frequency, handle_unknown="use_encoded_value", unknown_value=-1, dtype=np.int32
    ).fit(known)
    infrequent = (
        set() if encoder.infrequent_categories_[0] is None else set(encoder.infrequent_categories_[0])
    )
    return Vocabulary(
        levels=tuple(level for level in encoder.categories_[0].tolist() if level not in infrequent)
    )


def fit_scale(values: Numbers, resolution: Resolution, if_missing: str) -> Scale | None:
    """Quantiles, bins and the stand-in for a missing value; None where no value is known."""
    known = values[~np.isnan(values)].reshape(-1, 1)
    if not len(known):
        return None
    quantiles = QuantileTransformer(n_quantiles=min(resolution.quantiles, len(known)), subsample=None).fit(
        known
    )
    fill = SimpleImputer(strategy=if_missing).fit(values.reshape(-1, 1)).statistics_[0]
    return Scale(
        quantiles=tuple(quantiles.quantiles_[:, 0].tolist()),
        edges=_inner_edges(known, resolution.bins),
        fill=float(fill),
        indicator=bool(np.isnan(values).any()),
    )


def _inner_edges(known: Numbers, bins: int) -> tuple[float, ...]:
    """Edges between quantile bins; a number of few distinct values gets a bin for each."""
    distinct = np.unique(known)
    if len(distinct) <= bins:
        return tuple(distinct[1:].tolist())
    binner = KBinsDiscretizer(
        n_bins=bins,
        encode="ordinal",
        strategy="quantile",
        quantile_method="averaged_inverted_cdf",
        subsample=None,
    )
    with warnings.catch_warnings():  # it warns of bins that ties make empty, and removes them
        warnings.filterwarnings("ignore", message="Bins whose width")
        return tuple(binner.fit(known).bin_edges_[0][1:-1].tolist())
