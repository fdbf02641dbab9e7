"""What becomes of a claim follows from who decided it, and no claim is counted twice or not at all."""

import pyarrow.compute as pc
import pytest

from claims.sources.parts import partition, summarise


@pytest.fixture(scope="module")
def parts(contract, snapshot):
    return partition(contract, snapshot)


@pytest.fixture(scope="module")
def dated(raw):
    return raw.claims[raw.claims["received_date"] >= "2000-01-01"]


@pytest.mark.parametrize(
    ("part", "deciders", "statuses"),
    [
        ("claims", {"PERSON", "RULE"}, {"PAID", "DENIED"}),
        ("model_decided", {"MODEL"}, {"PAID", "DENIED"}),
        ("undecided", {None}, {None}),
    ],
)
def test_claims_are_set_apart_by_who_decided(parts, dated, part, deciders, statuses) -> None:
    assert set(parts[part]["decided_by"].to_pylist()) == deciders
    assert set(parts[part]["claim_status"].to_pylist()) == statuses
    assert parts[part].num_rows == dated["decided_by"].replace({float("nan"): None}).isin(deciders).sum() > 0


def test_counts_add_up_to_the_source(contract, snapshot, parts, dated, raw) -> None:
    summary = summarise(contract, snapshot, parts, 0, "f" * 16)
    assert summary.in_window == len(dated)
    assert summary.decided + summary.undecided + summary.decided_by_model_alone == summary.in_window
    assert summary.approved + summary.rejected == summary.decided
    assert summary.in_window + summary.outside_window + summary.without_event_time == len(raw.claims)
    assert summary.outside_window == 0
    assert str(summary.as_of) == max(dated["received_date"].max(), dated["adjudicated_date"].dropna().max())
    assert (summary.lines, summary.key_fingerprint) == (snapshot.lines.num_rows, "f" * 16)
    assert (str(summary.first_event), str(summary.last_event)) == (
        dated["received_date"].min(),
        dated["received_date"].max(),
    )


def test_a_claim_is_in_one_part(parts, snapshot) -> None:
    identifiers = [claim for part in parts.values() for claim in part["claim_id"].to_pylist()]
    assert len(identifiers) == len(set(identifiers))
    assert set(snapshot.claims["claim_id"].to_pylist()) < set(identifiers)
    assert pc.sum(pc.is_null(parts["undated"]["received_date"])).as_py() == 1
