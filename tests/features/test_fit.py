"""Fitting: the same numbers as scikit-learn's own estimators, and no row encoded with its own outcome."""

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import KBinsDiscretizer, OrdinalEncoder, QuantileTransformer, TargetEncoder

from claims.data.batch import Batch, Categories
from claims.data.storage import encode_texts
from claims.features.encode import FIRST, MISSING, UNSEEN, Scale
from claims.features.extractor import FeatureExtractor, ModelInputs
from claims.features.fit import Resolution, fit_scale, fit_vocabulary
from claims.features.kinds.line_share import ShareTable
from claims.features.kinds.line_tail import TailTable
from claims.features.means import TargetTable, detrend, draw_folds, fit_means
from claims.features.texts import cross

FINE = Resolution(min_frequency=20, bins=8, quantiles=50)
COLUMNS = ["total_charge", "prior_same_service_count", "days_since_last_claim", "received_date"]
PAIR = ("provider_specialty", "diagnosis_primary")
Outcome = NDArray[np.float64]


def scale_of(values: NDArray[np.float64], if_missing: str = "median") -> Scale:
    scale = fit_scale(values, FINE, if_missing)
    assert scale is not None
    return scale


def column(values: NDArray) -> NDArray:
    return values.reshape(-1, 1)


def halves(batch: Batch, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A column's values, to learn from and to apply to."""
    values = batch.claims.numbers(name)
    return values[::2], values[1::2]


@pytest.mark.parametrize("name", ["provider_specialty", "facility_id", "diagnosis_primary", "facility_state"])
def test_codes_are_those_of_the_ordinal_encoder(batch: Batch, name: str) -> None:
    texts = batch.claims.categories(name).texts()
    known = texts[texts != None]  # noqa: E711 - element by element
    reference = OrdinalEncoder(
        min_frequency=20, handle_unknown="use_encoded_value", unknown_value=-1, dtype=np.int32
    ).fit(column(known[::2]))
    vocabulary = fit_vocabulary(encode(known[::2]), 20)
    asked = np.array([*known[1::2], "never seen"], dtype=object)

    expected = reference.transform(column(asked))[:, 0]
    rare = (expected < 0) | (expected >= len(vocabulary.levels))
    assert np.array_equal(vocabulary.codes(encode(asked)), np.where(rare, UNSEEN, expected + FIRST))


def encode(texts: NDArray) -> Categories:
    return encode_texts(pa.chunked_array([pa.array(texts.tolist(), pa.string())]))


@pytest.mark.parametrize("name", COLUMNS)
def test_places_are_those_of_the_quantile_transformer(batch: Batch, name: str) -> None:
    train, other = halves(batch, name)
    other = np.append(other[~np.isnan(other)], [-1e9, 1e9])
    reference = QuantileTransformer(n_quantiles=50, subsample=None).fit(column(train[~np.isnan(train)]))

    expected = 2 * reference.transform(column(other))[:, 0] - 1
    assert np.allclose(scale_of(train).scaled(other), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", ["total_charge", "days_since_last_claim", "received_date"])
def test_bins_are_those_of_the_discretizer(batch: Batch, name: str) -> None:
    train, other = halves(batch, name)
    other = other[~np.isnan(other)]
    reference = KBinsDiscretizer(
        8, encode="ordinal", strategy="quantile", quantile_method="averaged_inverted_cdf", subsample=None
    ).fit(column(train[~np.isnan(train)]))

    assert np.array_equal(scale_of(train).codes(other) - FIRST, reference.transform(column(other))[:, 0])


def test_few_distinct_values_have_a_bin_each() -> None:
    values = np.array([0.0, 1.0, 5.0])

    assert scale_of(np.repeat(values, [90, 9, 1])).codes(values).tolist() == [2, 3, 4]


@pytest.mark.parametrize("if_missing", ["median", "mean", "most_frequent"])
@pytest.mark.parametrize("name", COLUMNS)
def test_what_stands_in_for_missing_is_that_of_the_imputer(batch: Batch, name: str, if_missing: str) -> None:
    values = np.append(halves(batch, name)[0], np.nan)
    scale = scale_of(values, if_missing)
    filled = SimpleImputer(strategy=if_missing).fit_transform(column(values))[:, 0]

    assert np.array_equal(scale.scaled(values), scale.scaled(filled))
    assert scale.fill == filled[-1]


@pytest.mark.parametrize(("values", "indicator"), [([1.0, 2.0], False), ([1.0, np.nan], True)])
def test_a_number_that_was_missing_in_training_has_an_indicator(values: list[float], indicator: bool) -> None:
    assert scale_of(np.array(values)).indicator is indicator


def test_what_is_never_known_is_not_encoded() -> None:
    nothing = Categories(np.array([-1], dtype=np.int32), [])

    assert fit_scale(np.array([np.nan]), FINE, "median") is None
    assert fit_vocabulary(nothing, 1).codes(nothing).tolist() == [MISSING]


def test_target_means_are_those_of_the_encoder_on_the_detrended_outcome(
    batch: Batch, outcome: Outcome, extractor: FeatureExtractor
) -> None:
    pair = cross([batch.claims.categories(name) for name in PAIR])
    detrended = detrend(outcome, batch.claims.numbers("received_date"))
    reference = TargetEncoder(target_type="continuous", smooth=25.0).fit(column(pair.texts()), detrended)
    asked = np.array([*pair.levels, "never seen"], dtype=object)

    table = extractor.fitted["specialty_diagnosis_rate"]

    assert isinstance(table, TargetTable)
    assert np.allclose(
        table.means_of(encode(asked)), reference.transform(column(asked))[:, 0], rtol=0, atol=1e-12
    )


def test_the_trend_of_each_quarter_is_taken_from_the_outcome(batch: Batch, outcome: Outcome) -> None:
    days = batch.claims.numbers("received_date")
    dates = [dt.date(1970, 1, 1) + dt.timedelta(days=day) for day in days]
    quarters = np.array([f"{date.year} {(date.month - 1) // 3}" for date in dates])

    detrended = detrend(outcome, days)

    for quarter in set(quarters):
        own = quarters == quarter
        assert np.allclose(detrended[own], outcome[own] - outcome[own].mean())


@pytest.mark.parametrize("row", [0, 700, 1500])
def test_a_training_row_is_not_encoded_with_its_own_outcome(batch: Batch, outcome: Outcome, row: int) -> None:
    pair = cross([batch.claims.categories(name) for name in PAIR])
    folds = draw_folds(len(batch), 5, seed=1)
    flipped = outcome.copy()
    flipped[row] = 1 - flipped[row]

    (table, before), (other, after) = (fit_means(pair, told, 25.0, folds) for told in (outcome, flipped))

    assert after[row] == before[row]
    assert (after != before).any()
    assert table.means != other.means


def test_training_inputs_differ_from_served_ones_only_where_a_claim_would_count_itself(
    extractor: FeatureExtractor, served: ModelInputs, fitted: Any
) -> None:
    changed = (served.numbers != fitted.inputs.numbers).any(axis=0)

    assert {name for name, differs in zip(extractor.number_names, changed, strict=True) if differs} == {
        name
        for name, learned in extractor.fitted.items()
        if isinstance(learned, TargetTable | ShareTable | TailTable)
    }
