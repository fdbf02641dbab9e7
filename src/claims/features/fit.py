"""Fitting the feature path on training rows, with scikit-learn's own estimators.

Serving never imports this module: it reads what was learned from the model file.
"""

import warnings

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import KBinsDiscretizer, OrdinalEncoder, QuantileTransformer

from claims.base.strict import Strict
from claims.contract import Contract
from claims.data.batch import Batch, Categories, Numbers
from claims.features.encode import Encoder, Presence, Scale, Vocabulary
from claims.features.extractor import FeatureExtractor, ModelInputs
from claims.features.kinds.kind import LearnedKind
from claims.features.kinds.registry import Fitted, kind_of
from claims.features.rows import Flags, TrainingRows, Value


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
    rows = TrainingRows.of(contract, batch, values, outcome, seed)
    fitted: dict[str, Fitted] = {}
    for name, feature in contract.features.items():
        kind = kind_of(feature)
        if isinstance(kind, LearnedKind):
            fitted[name], values[name] = kind.fit(rows)
        else:
            values[name] = kind.transform(None, rows)
    encoders = {
        name: _encoder(contract, name, values[name], resolution)
        for name, feature in contract.features.items()
        if not feature.hidden
    }
    extractor = FeatureExtractor(
        event_time=contract.claims.event_time,
        features=contract.features,
        fitted=fitted,
        encoders={name: encoder for name, encoder in encoders.items() if encoder is not None},
    )
    return extractor, extractor.encode(values, len(batch))


def _encoder(contract: Contract, name: str, value: Value, resolution: Resolution) -> Encoder | None:
    """The encoder of one feature; None for a number that training rows never have."""
    if isinstance(value, Flags):
        return Presence(names=value.names)
    if isinstance(value, Categories):
        return fit_vocabulary(value, resolution.min_frequency)
    column = contract.columns.get(contract.features[name].reads[0]) if contract.features[name].reads else None
    return fit_scale(value, resolution, column.if_missing if column else "median")


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
