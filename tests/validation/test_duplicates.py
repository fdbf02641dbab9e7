"""Of claims with one identifier one stays, the same one however the claims are divided."""

from collections import Counter
from functools import reduce
from typing import NamedTuple

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from claims.contract import parse_contract
from claims.results.validate import ValidateMetrics
from claims.validation.duplicates import FirstClaims

CONTRACT = parse_contract(
    """
name: repeated
version: 1
description: claims that may share an identifier
claims: {table: claims, identifier: id, event_time: came}
columns:
  id: {type: identifier, privacy: direct, protect: hash}
  came: {type: date}
  size: {type: number}
  status: {type: category, known: outcome}
outcome: {column: status, approved: [PAID], rejected: [DENIED]}
features: {size: {kind: column, of: size}}
""",
    "repeated.yaml",
)


class Claim(NamedTuple):
    id: str | None
    came: int = 0
    size: float = 1.0


CLAIMS = st.lists(
    st.builds(Claim, st.none() | st.sampled_from("abc"), st.integers(0, 2), st.sampled_from([1.0, 2.0])),
    max_size=12,
)


def table_of(claims: list[Claim]) -> pa.Table:
    days = pa.array([claim.came for claim in claims], pa.int32()).cast(pa.date32())
    sizes = pa.array([claim.size for claim in claims], pa.float64())
    return pa.table(
        {"id": pa.array([claim.id for claim in claims], pa.string()), "came": days, "size": sizes}
    )


def staying(parts: list[list[Claim]], order: list[int]) -> Counter[Claim]:
    """The claims of all parts that repeat none, their summaries merged in some order."""
    tables = [table_of(part) for part in parts]
    first = reduce(FirstClaims.merge, [FirstClaims.of(CONTRACT, tables[number], number) for number in order])
    return Counter(
        claim
        for number, part in enumerate(parts)
        for claim, repeated in zip(part, first.repeated(CONTRACT, tables[number], number), strict=True)
        if not repeated
    )


@given(CLAIMS, st.data())
def test_any_partition_and_order_lets_the_same_claims_stay(claims: list[Claim], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(claims))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(claims)), max_size=3)))
    parts = [shuffled[a:b] for a, b in zip([0, *cuts], [*cuts, len(claims)], strict=True)]

    divided = staying(parts, data.draw(st.permutations(range(len(parts)))))

    assert divided == staying([claims], [0])


@given(CLAIMS)
def test_one_claim_of_each_identifier_stays_and_it_is_an_earliest(claims: list[Claim]) -> None:
    stay = staying([claims], [0])

    for identifier in {claim.id for claim in claims} - {None}:
        (kept,) = (claim for claim in stay.elements() if claim.id == identifier)
        assert kept.came == min(claim.came for claim in claims if claim.id == identifier)


def test_claims_without_an_identifier_repeat_nothing() -> None:
    table = table_of([Claim(None), Claim(None)])

    assert FirstClaims.of(CONTRACT, table).repeated(CONTRACT, table).tolist() == [False, False]


def test_of_claims_that_are_equal_the_first_stays() -> None:
    table = table_of([Claim("a"), Claim("b"), Claim("a")])

    assert FirstClaims.of(CONTRACT, table).repeated(CONTRACT, table).tolist() == [False, False, True]


COUNTS = st.builds(
    ValidateMetrics,
    rows=st.integers(0, 9),
    valid=st.integers(0, 9),
    quarantined=st.integers(0, 9),
    reasons=st.dictionaries(st.sampled_from("abc"), st.integers(0, 9)),
    corrected=st.dictionaries(st.sampled_from("abc"), st.integers(0, 9)),
    without_event_time=st.integers(0, 9),
)


@given(COUNTS, COUNTS, COUNTS)
def test_counts_of_parts_add_up_in_any_order(
    first: ValidateMetrics, second: ValidateMetrics, third: ValidateMetrics
) -> None:
    assert (
        first.merge(second).merge(third)
        == third.merge(first.merge(second))
        == second.merge(third).merge(first)
    )
    assert first.merge(second).quarantined == first.quarantined + second.quarantined
    assert Counter(first.merge(second).reasons) + Counter() == Counter(first.reasons) + Counter(
        second.reasons
    )
