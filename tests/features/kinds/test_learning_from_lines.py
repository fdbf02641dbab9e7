"""Learning from lines: a training claim never counts itself, and its lines stay together."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.contract import Contract
from claims.contract.line_features import LineFeature
from claims.data.batch import Batch
from claims.features.extractor import FeatureExtractor
from features.claims_with_lines import (
    FEATURES,
    RATES,
    SHARES,
    TRAINING,
    AnyLineFeature,
    Claim,
    Line,
    learn,
    rate,
    read,
    share,
)

every_kind = pytest.mark.parametrize("feature", FEATURES.values(), ids=FEATURES)
every_rate = pytest.mark.parametrize("feature", RATES.values(), ids=RATES)
every_share = pytest.mark.parametrize("feature", SHARES.values(), ids=SHARES)
briefly = settings(max_examples=40)


@every_share
@briefly
@given(training=TRAINING)
def test_a_training_claim_reads_what_a_table_without_it_says(
    feature: AnyLineFeature, training: list[Claim]
) -> None:
    _, own = learn(feature, training)

    for row, claim in enumerate(training):
        others = training[:row] + training[row + 1 :]
        assert own[[row]].tobytes() == read(feature, learn(feature, others)[0], [claim]).tobytes()
        assert np.nan_to_num(own[row]) == pytest.approx(np.nan_to_num(share(feature, others, claim)))


@every_rate
@briefly
@given(training=TRAINING, data=st.data())
def test_a_training_claim_does_not_read_its_own_outcome(
    feature: AnyLineFeature, training: list[Claim], data: st.DataObject
) -> None:
    row = data.draw(st.integers(0, len(training) - 1))
    other = [*training]
    other[row] = training[row]._replace(outcome=1 - training[row].outcome)

    before, after = learn(feature, training), learn(feature, other)

    assert after[1][[row]].tobytes() == before[1][[row]].tobytes()


@every_rate
@briefly
@given(training=TRAINING)
def test_a_training_claim_reads_the_mean_of_the_other_fold(
    feature: AnyLineFeature, training: list[Claim]
) -> None:
    _, own = learn(feature, training)

    for row, claim in enumerate(training):
        others = [other for other in training if other.draw % 2 != claim.draw % 2]
        expected = rate(feature, others, claim)
        assert np.nan_to_num(own[row]) == pytest.approx(np.nan_to_num(expected), abs=1e-12)


@every_kind
@briefly
@given(training=TRAINING, data=st.data())
def test_the_order_of_lines_is_not_learned(
    feature: AnyLineFeature, training: list[Claim], data: st.DataObject
) -> None:
    shuffled = [claim._replace(lines=tuple(data.draw(st.permutations(claim.lines)))) for claim in training]

    (table, own), (other, theirs) = learn(feature, training), learn(feature, shuffled)

    assert other == table
    assert theirs.tobytes() == own.tobytes()


@every_kind
@briefly
@given(training=TRAINING, data=st.data())
def test_the_order_of_claims_is_not_learned(
    feature: AnyLineFeature, training: list[Claim], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(training))))

    (table, own), (other, theirs) = learn(feature, training), learn(feature, [training[row] for row in order])

    assert other.model_dump_json() == table.model_dump_json()
    assert theirs.tobytes() == own[order].tobytes()


@every_kind
def test_claims_without_lines_teach_nothing(feature: AnyLineFeature) -> None:
    table, own = learn(feature, [Claim((), outcome=1)] * 3)

    assert np.isnan(own).all()
    assert np.isnan(read(feature, table, [Claim(())])).all()


@every_share
def test_lines_of_the_own_claim_do_not_make_it_usual(feature: AnyLineFeature) -> None:
    odd = Line("a", units=9.0, pointer=3.0)
    usual = Claim((Line("a"),))

    _, own = learn(feature, [Claim((odd,) * 5), *[usual] * 30])

    assert own[0] == own.min()
    assert own[0] < own[1]


def test_a_line_without_a_number_takes_none_away() -> None:
    """Such a line is not in the table, so there is nothing of it to take off again."""
    unnumbered = (Line("a", units=None),) * 50

    _, own = learn(SHARES["tail"], [Claim((Line("a"), *unnumbered)), Claim((Line("a"),))])

    assert own[0] == own[1]


def test_a_kind_learns_from_the_outcomes_of_others() -> None:
    told = [Claim((Line("a"),), outcome=outcome, draw=draw) for draw in (0, 1) for outcome in (0, 1)]
    other = [*told, *[Claim((Line("b"),), outcome=0, draw=draw) for draw in (0, 1)]]

    (table, own), (changed, others) = learn(RATES["rate"], told), learn(RATES["rate"], other)

    assert table.means != changed.means
    assert (own != others[:4]).all()


def test_line_features_of_the_demo_vary(
    contract: Contract, batch: Batch, extractor: FeatureExtractor
) -> None:
    derived = extractor.derive(batch)
    named = [name for name, feature in contract.features.items() if isinstance(feature, LineFeature)]

    assert named
    assert all(len(np.unique(derived[name])) > 5 for name in named)
