"""Encoders of categories and numbers; `test_fit.py` compares them with scikit-learn's."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.data.storage import encode_texts
from claims.features.encode import FIRST, MISSING, UNSEEN, Scale, Vocabulary

SCALE = Scale(quantiles=(0.0, 0.0, 2.0, 4.0), edges=(1.0, 3.0), fill=2.0, indicator=True)
ANY = st.floats(allow_nan=True, allow_infinity=True)


@pytest.mark.parametrize(
    ("text", "code"), [(None, MISSING), ("never", UNSEEN), ("", UNSEEN), ("a", FIRST), ("b", FIRST + 1)]
)
def test_a_text_has_the_code_of_its_level(text: str | None, code: int) -> None:
    column = encode_texts(pa.chunked_array([pa.array([text], pa.string())]))

    assert Vocabulary(levels=("a", "b")).codes(column).tolist() == [code]


@pytest.mark.parametrize(
    ("value", "code"), [(np.nan, MISSING), (0, 2), (0.99, 2), (1, 3), (3, 4), (-np.inf, 2), (np.inf, 4)]
)
def test_a_number_has_the_code_of_its_bin(value: float, code: int) -> None:
    assert SCALE.codes(np.array([value])).tolist() == [code]


def test_sizes_count_missing_and_unseen() -> None:
    assert (Vocabulary(levels=("a", "b")).size, SCALE.size) == (4, 5)


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
