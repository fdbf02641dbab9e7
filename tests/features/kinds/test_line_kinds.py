"""What single lines tell, looked up: as a slow reference says, and for each claim by itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.data.batch import Batch
from claims.features.kinds.line_share import ShareTable
from claims.features.kinds.line_tail import TailTable
from claims.features.kinds.line_target import LineTarget
from claims.features.kinds.registry import kind_of
from claims.features.means import TargetTable
from claims.features.rows import Rows
from claims.features.texts import JOINT
from claims.features.worst_line import lowest, point
from features.claims_with_lines import (
    CLAIMS,
    FEATURES,
    RATES,
    SHARES,
    TRAINING,
    AnyLineFeature,
    Claim,
    Line,
    LineTable,
    batch_of,
    learn,
    read,
    reference,
    rows_of,
)

every_kind = pytest.mark.parametrize("feature", FEATURES.values(), ids=FEATURES)
briefly = settings(max_examples=40)


def learned(feature: AnyLineFeature, training: list[Claim]) -> LineTable:
    return learn(feature, training)[0]


@every_kind
@briefly
@given(training=TRAINING, claims=CLAIMS)
def test_a_claim_reads_what_the_reference_says(
    feature: AnyLineFeature, training: list[Claim], claims: list[Claim]
) -> None:
    expected = [np.nan_to_num(reference(feature, training, claim)) for claim in claims]

    values = read(feature, learned(feature, training), claims)

    assert np.nan_to_num(values).tolist() == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert [bool(nan) for nan in np.isnan(values)] == [tells_nothing(feature, claim) for claim in claims]


def tells_nothing(feature: AnyLineFeature, claim: Claim) -> bool:
    """Whether a claim has no line, number or pair that the feature could look up."""
    return np.isnan(reference(feature, [claim], claim))


@every_kind
@briefly
@given(training=TRAINING, claims=CLAIMS, data=st.data())
def test_a_claim_reads_the_same_bits_in_any_company(
    feature: AnyLineFeature, training: list[Claim], claims: list[Claim], data: st.DataObject
) -> None:
    table = learned(feature, training)
    chosen = data.draw(st.lists(st.integers(0, len(claims) - 1), min_size=1, max_size=12))

    together = read(feature, table, claims)

    assert read(feature, table, [claims[row] for row in chosen]).tobytes() == together[chosen].tobytes()
    for row, claim in enumerate(claims):
        assert read(feature, table, [claim]).tobytes() == together[[row]].tobytes()


@every_kind
@briefly
@given(training=TRAINING, claims=CLAIMS, data=st.data())
def test_the_order_of_lines_does_not_matter(
    feature: AnyLineFeature, training: list[Claim], claims: list[Claim], data: st.DataObject
) -> None:
    table = learned(feature, training)
    shuffled = [claim._replace(lines=tuple(data.draw(st.permutations(claim.lines)))) for claim in claims]

    assert read(feature, table, shuffled).tobytes() == read(feature, table, claims).tobytes()


@every_kind
@briefly
@given(training=TRAINING, claims=CLAIMS)
def test_what_was_learned_survives_json(
    feature: AnyLineFeature, training: list[Claim], claims: list[Claim]
) -> None:
    table = learned(feature, training)
    back = type(table).model_validate_json(table.model_dump_json())
    declared = type(feature).model_validate_json(feature.model_dump_json())

    assert (back, declared) == (table, feature)
    assert read(declared, back, claims).tobytes() == read(feature, table, claims).tobytes()


def test_the_worst_line_counts() -> None:
    training = [Claim((Line(code),), outcome=told) for code, told in (("a", 1), ("a", 1), ("b", 0))]
    table = learned(RATES["rate"], training)

    usual, worst, both = read(
        RATES["rate"], table, [Claim((Line("a"),)), Claim((Line("b"),)), Claim((Line("a"), Line("b")))]
    )

    assert both == worst < usual


def test_what_was_never_seen_reads_the_mean() -> None:
    table = learned(RATES["rate"], [Claim((Line("a"),), outcome=1), Claim((Line("b"),), outcome=0)])

    assert read(RATES["rate"], table, [Claim((Line("z"),))]).tolist() == [table.prior]


@pytest.mark.parametrize("name", SHARES)
def test_the_unseen_is_rarer_the_more_its_context_was_seen(name: str) -> None:
    seen = [Claim((Line("a", units=1.0, pointer=1.0),))] * 30
    odd = Line("a", units=9.0, pointer=3.0)

    often, once, never = (
        read(SHARES[name], learned(SHARES[name], seen[:count]), [Claim((odd,))])[0] for count in (30, 1, 0)
    )

    assert often < once < never


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("pointer", [None, -1e300, -1.0, 0.0, 0.5, 2.5, 4.0, 1e300, np.inf])
def test_a_pointer_to_no_item_of_the_list_points_to_nothing(pointer: float | None) -> None:
    rows = rows_of([Claim((Line(pointer=pointer), Line(pointer=2.0)))])

    assert point(SHARES["share"].pointed, rows).texts().tolist() == [None, "E"]


@pytest.mark.parametrize("diagnoses", [None, "E11"])
def test_a_claim_without_the_item_has_nothing_to_point_to(diagnoses: str | None) -> None:
    rows = rows_of([Claim((Line(pointer=2.0),), diagnoses=diagnoses), Claim((Line(pointer=2.0),))])

    assert point(SHARES["share"].pointed, rows).texts().tolist() == [None, "E"]


def test_an_item_is_read_whole_unless_a_length_is_given() -> None:
    rows = rows_of([Claim((Line(pointer=3.0),))])
    whole = SHARES["share"].pointed.model_copy(update={"length": None})

    assert point(whole, rows).texts().tolist() == ["I10"]


def test_what_stands_twice_on_a_claim_counts_once() -> None:
    rows = rows_of([Claim((Line("b"), Line("a"), Line("b"))), Claim(()), Claim((Line(None),))])

    occurrences = LineTarget(RATES["rate"]).occurrences(rows)

    assert [*zip(occurrences.owner.tolist(), occurrences.what.texts().tolist(), strict=True)] == [
        (0, JOINT.join("as")),
        (0, JOINT.join("bs")),
        (2, JOINT.join(("", "s"))),
    ]


def test_pairs_are_of_two_different_things_of_one_claim() -> None:
    three = Claim((Line("c"), Line("a"), Line("b"), Line("a")))
    rows = rows_of([three, Claim((Line("a"), Line("a"))), Claim((Line("b"),))])

    occurrences = LineTarget(RATES["rate of pairs"]).occurrences(rows)

    on_line = {name: JOINT.join((name, "1.0")) for name in "abc"}
    assert occurrences.owner.tolist() == [0, 0, 0]
    assert set(occurrences.what.texts()) == {
        JOINT.join((on_line[one], on_line[other])) for one, other in ("ab", "ac", "bc")
    }


def test_the_least_known_value_of_each_claim_counts() -> None:
    values = np.array([3.0, np.nan, 1.0, 2.0, np.nan])
    owner = np.array([0, 0, 0, 2, 3])

    assert np.nan_to_num(lowest(values, owner, 5), nan=-9.0).tolist() == [1.0, -9.0, 2.0, -9.0, -9.0]


def test_a_batch_without_lines_reads_nothing() -> None:
    bare = Batch(batch_of([Claim(()), Claim(())]).claims, batch_of([]).lines)
    tables = {"line_target": TargetTable(prior=0.0, means={}), "line_share": ShareTable(counts={})}
    for feature in FEATURES.values():
        table = tables.get(feature.kind, TailTable(counts={}))
        rows = Rows(bare, bare.claims.columns, "day")
        assert np.isnan(kind_of(feature).transform(table, rows)).tolist() == [True, True]
