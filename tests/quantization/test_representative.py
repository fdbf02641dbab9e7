"""The rows that set the int8 ranges: what they hold, and what is refused."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from claims.base.errors import GateError
from claims.data.batch import Categories
from claims.features.extractor import ModelInputs
from claims.features.matrices import Labelled
from claims.quantization.representative import (
    check_coverage,
    check_scaled,
    choose_representative,
    measure_coverage,
)
from claims.results.represent import SliceHeld


def share_of(rows: Labelled, chosen: np.ndarray, name: str) -> dict[int, float]:
    codes = rows.slices[name].codes[chosen]
    return {code: count / len(chosen) for code, count in Counter(codes.tolist()).items()}


@pytest.mark.parametrize("count", [100, 300, 500])
def test_the_representative_rows_are_as_many_as_asked_and_distinct(labelled, count: int) -> None:
    chosen = choose_representative(labelled, count, seed=1)
    assert len(set(chosen.tolist())) == len(chosen) == count
    assert (np.diff(chosen) > 0).all()


def test_few_rows_are_all_representative(labelled) -> None:
    few = replace(
        labelled,
        outcome=labelled.outcome[:50],
        slices={name: column.take(np.arange(50)) for name, column in labelled.slices.items()},
    )
    assert choose_representative(few, 100, seed=1).tolist() == list(range(50))


def test_the_seed_decides_the_representative_rows(labelled) -> None:
    one, two, other = (choose_representative(labelled, 300, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, two)
    assert not np.array_equal(one, other)


def test_every_slice_is_represented_with_both_of_its_outcomes(labelled) -> None:
    chosen = choose_representative(labelled, 300, seed=1)
    for name, column in labelled.slices.items():
        strata = list(zip(column.codes.tolist(), labelled.outcome.tolist(), strict=True))
        assert {strata[row] for row in chosen} == set(strata), name


def test_many_values_come_before_their_second_outcomes(labelled) -> None:
    """80 values and room for 100 rows: each value is there, if only with one outcome."""
    codes = np.arange(len(labelled), dtype=np.int32) % 80
    many = replace(labelled, slices={"s": Categories(codes, [f"v{code}" for code in range(80)])})
    sample = many.take(choose_representative(many, 100, seed=1))
    assert measure_coverage(sample, many).slices["s"] == SliceHeld(values=80, missing=[])


def test_representative_rows_are_in_proportion(labelled) -> None:
    chosen = choose_representative(labelled, 300, seed=1)
    everywhere = np.arange(len(labelled))
    assert labelled.outcome[chosen].mean() == pytest.approx(labelled.outcome.mean(), abs=0.05)
    for name in labelled.slices:
        share = share_of(labelled, chosen, name)
        for value, expected in share_of(labelled, everywhere, name).items():
            assert share[value] == pytest.approx(expected, abs=0.06), (name, value)


def test_a_value_of_one_claim_is_represented(labelled) -> None:
    codes = np.zeros(len(labelled), np.int32)
    codes[1234] = 1
    rare = replace(labelled, slices={"rare": Categories(codes, ["common", "rare"])})
    assert 1234 in choose_representative(rare, 100, seed=1)


def test_claims_without_slices_are_stratified_over_outcomes(labelled) -> None:
    chosen = choose_representative(replace(labelled, slices={}), 100, seed=1)
    assert labelled.outcome[chosen].mean() == pytest.approx(labelled.outcome.mean(), abs=0.02)


def test_rare_categories_are_represented_while_there_is_room(labelled) -> None:
    codes = np.unique(labelled.inputs.codes)
    by_chance = np.random.default_rng(1).choice(len(labelled), 300, replace=False)
    chosen = choose_representative(labelled, 300, seed=1)
    held, usual = (np.isin(codes, labelled.inputs.codes[rows]).mean() for rows in (chosen, by_chance))
    assert held > max(usual, 0.95)


def test_the_coverage_says_what_the_rows_hold(labelled) -> None:
    chosen = choose_representative(labelled, 300, seed=1)
    coverage = measure_coverage(labelled.take(chosen), labelled)
    assert coverage.rows == coverage.distinct_rows == 300
    assert all(values.missing == [] for values in coverage.slices.values())
    assert 0.9 < coverage.codes <= 1
    assert 0.9 < coverage.ranges <= 1
    check_coverage(coverage)
    other = measure_coverage(labelled.take(choose_representative(labelled, 300, seed=2)), labelled)
    assert coverage.sha256 != other.sha256


def test_all_rows_cover_everything(labelled) -> None:
    coverage = measure_coverage(labelled, labelled)
    assert (coverage.codes, coverage.ranges) == (1, 1)


def test_a_column_in_dollars_is_refused(labelled) -> None:
    names = [f"number {index}" for index in range(labelled.inputs.numbers.shape[1])]
    check_scaled(labelled.inputs, names)
    numbers = labelled.inputs.numbers.copy()
    numbers[:, 3] *= 250_000
    with pytest.raises(GateError, match=r"numbers: number 3 reaches \d+.*Scale them"):
        check_scaled(ModelInputs(labelled.inputs.codes, numbers), names)


def test_one_repeated_row_is_refused(labelled) -> None:
    repeated = labelled.take(np.zeros(300, dtype=np.int64))
    with pytest.raises(
        GateError, match=r"representative: 1 distinct of 300 representative claims.*represent"
    ):
        check_coverage(measure_coverage(repeated, labelled))


def test_rows_without_a_rare_slice_are_refused(labelled) -> None:
    column = labelled.slices["payer_id"]
    rarest = min(set(column.codes.tolist()) - {-1}, key=column.codes.tolist().count)
    without = np.flatnonzero(column.codes != rarest)[:300]
    with pytest.raises(GateError, match=rf"representative: no claim of payer_id {column.levels[rarest]}"):
        check_coverage(measure_coverage(labelled.take(without), labelled))
