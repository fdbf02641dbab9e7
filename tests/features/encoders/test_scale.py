"""Numbers as places and bins: those of scikit-learn's estimators, bounded, and never decreasing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import KBinsDiscretizer, QuantileTransformer

from claims.data.batch import Batch
from claims.features.encoders.encoder import FIRST, MISSING, UNSEEN, Resolution
from claims.features.encoders.scale import Scale, ValueCounts

FINE = Resolution(min_frequency=20, bins=8, quantiles=50)
COLUMNS = ["total_charge", "prior_same_service_count", "days_since_last_claim", "received_date"]
SCALE = Scale(quantiles=(0.0, 0.0, 2.0, 4.0), edges=(1.0, 3.0), fill=2.0, indicator=True)
ANY = st.floats(allow_nan=True, allow_infinity=True)
FEW = st.lists(st.sampled_from([-2.5, -0.0, 0.0, 1.0, 7.0, 1e6]), min_size=1, max_size=30)


def scale_of(values: NDArray[np.float64], if_missing: str = "median") -> Scale:
    scale = ValueCounts.of(values).finish(FINE, if_missing)
    assert scale is not None
    return scale


def as_column(values: NDArray) -> NDArray:
    return values.reshape(-1, 1)


def halves(batch: Batch, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A column's values, to learn from and to apply to."""
    values = batch.claims.numbers(name)
    return values[::2], values[1::2]


@pytest.mark.parametrize("name", COLUMNS)
def test_places_are_those_of_the_quantile_transformer(batch: Batch, name: str) -> None:
    train, other = halves(batch, name)
    other = np.append(other[~np.isnan(other)], [-1e9, 1e9])
    reference = QuantileTransformer(n_quantiles=50, subsample=None).fit(as_column(train[~np.isnan(train)]))

    expected = 2 * reference.transform(as_column(other))[:, 0] - 1
    assert np.allclose(scale_of(train).scaled(other), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", ["total_charge", "days_since_last_claim", "received_date"])
def test_bins_are_those_of_the_discretizer(batch: Batch, name: str) -> None:
    train, other = halves(batch, name)
    other = other[~np.isnan(other)]
    reference = KBinsDiscretizer(
        8, encode="ordinal", strategy="quantile", quantile_method="averaged_inverted_cdf", subsample=None
    ).fit(as_column(train[~np.isnan(train)]))

    assert np.array_equal(scale_of(train).codes(other) - FIRST, reference.transform(as_column(other))[:, 0])


def test_few_distinct_values_have_a_bin_each() -> None:
    values = np.array([0.0, 1.0, 5.0])

    assert scale_of(np.repeat(values, [90, 9, 1])).codes(values).tolist() == [2, 3, 4]


@pytest.mark.parametrize("if_missing", ["median", "mean", "most_frequent"])
@pytest.mark.parametrize("name", COLUMNS)
def test_what_stands_in_for_missing_is_that_of_the_imputer(batch: Batch, name: str, if_missing: str) -> None:
    values = np.append(halves(batch, name)[0], np.nan)
    scale = scale_of(values, if_missing)
    filled = SimpleImputer(strategy=if_missing).fit_transform(as_column(values))[:, 0]

    assert np.array_equal(scale.scaled(values), scale.scaled(filled))
    assert scale.fill == filled[-1]


@pytest.mark.parametrize(("values", "indicator"), [([1.0, 2.0], False), ([1.0, np.nan], True)])
def test_a_number_that_was_missing_in_training_has_an_indicator(values: list[float], indicator: bool) -> None:
    assert scale_of(np.array(values)).indicator is indicator


@given(FEW, st.integers(1, 12))
def test_quantiles_of_many_ties_are_those_of_the_rows(values: list[float], number: int) -> None:
    expected = np.quantile(values, np.linspace(0, 1, number))

    quantiles = ValueCounts.of(np.array(values)).quantiles(number)

    assert quantiles == pytest.approx(expected, rel=1e-12, abs=1e-12)
    assert (quantiles[0], quantiles[-1]) == (min(values), max(values) if number > 1 else min(values))


@given(FEW, st.integers(2, 5))
def test_edges_of_many_ties_are_those_of_the_rows(values: list[float], bins: int) -> None:
    edges = np.unique([averaged(sorted(values), step, bins) for step in range(bins + 1)])[1:-1]

    expected = edges if len(set(values)) > bins else np.unique(values)[1:]
    assert ValueCounts.of(np.array(values)).edges(bins) == pytest.approx(expected)


def averaged(ordered: list[float], step: int, bins: int) -> float:
    """The value below which ``step`` of ``bins`` equal parts lie; the mean of two where it falls between."""
    rank, rest = divmod(step * len(ordered), bins)
    above = ordered[min(rank, len(ordered) - 1)]
    return above if rest else (ordered[max(rank - 1, 0)] + above) / 2


def test_minus_zero_is_zero() -> None:
    assert ValueCounts.of(np.array([-0.0, 0.0])).counts.tolist() == [2]


def test_what_is_never_known_is_not_encoded() -> None:
    assert ValueCounts.of(np.array([np.nan])).finish(FINE, "median") is None


@pytest.mark.parametrize(
    ("value", "code"), [(np.nan, MISSING), (0, 2), (0.99, 2), (1, 3), (3, 4), (-np.inf, 2), (np.inf, 4)]
)
def test_a_number_has_the_code_of_its_bin(value: float, code: int) -> None:
    assert SCALE.codes(np.array([value])).tolist() == [code]


def test_sizes_count_missing_and_unseen() -> None:
    assert SCALE.size == 5


@pytest.mark.parametrize(
    ("value", "place"), [(0, -1), (2, 1 / 3), (3, 2 / 3), (4, 1), (-9, -1), (9, 1), (np.nan, 1 / 3)]
)
def test_a_number_is_scaled_to_its_place(value: float, place: float) -> None:
    assert SCALE.scaled(np.array([float(value)]))[0] == pytest.approx(place, abs=1e-15)


@given(st.lists(ANY, min_size=1))
def test_codes_and_places_stay_within_bounds(values: list[float]) -> None:
    numbers = np.array(values)

    assert set(SCALE.codes(numbers)) <= set(range(SCALE.size)) - {UNSEEN}
    assert np.abs(SCALE.scaled(numbers)).max() <= 1


@given(st.lists(st.floats(allow_nan=False), min_size=2))
def test_a_larger_number_is_never_placed_lower(values: list[float]) -> None:
    assert (np.diff(SCALE.scaled(np.sort(values))) >= 0).all()
    assert (np.diff(SCALE.codes(np.sort(values))) >= 0).all()
