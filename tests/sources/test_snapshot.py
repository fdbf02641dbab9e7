"""A snapshot: the same claims give the same tables wherever they lie, and bounds cut where they say."""

import datetime as dt

import pandas as pd
import pyarrow.compute as pc
import pytest

from claims.base.errors import DataError
from claims.data.outcomes import OUTCOME, UNKNOWN
from claims.data.pseudonyms import PUBLISHED_KEY, pseudonym
from claims.sources.snapshot import Bounds, take_snapshot
from sources.raw_claims import SINCE, UNTIL, RawClaims, in_schema

AS_OF = dt.date(2025, 12, 31)
FILES_AND_SERVERS = [
    "SQLite, shuffled",
    "PostgreSQL, shuffled",
    "CSV",
    "CSV, shuffled",
    "Parquet",
    "Parquet, shuffled",
]


@pytest.fixture(scope="module")
def as_known(contract, demo):
    """What was known at the end of 2025."""
    return take_snapshot(contract, demo.url, None, Bounds(as_of=AS_OF), PUBLISHED_KEY)


@pytest.mark.parametrize("place", FILES_AND_SERVERS)
def test_the_same_claims_are_the_same_snapshot_from_anywhere(contract, snapshot, places, place) -> None:
    assert take_snapshot(contract, *places[place], Bounds(), PUBLISHED_KEY) == snapshot


@pytest.mark.parametrize("schema", ["public", "native", "views"])
def test_schemas_native_types_and_views_make_no_difference(contract, snapshot, demo_postgres, schema) -> None:
    taken = take_snapshot(in_schema(contract, schema), demo_postgres, None, Bounds(), PUBLISHED_KEY)
    assert taken == snapshot


def test_one_changed_cent_is_another_checksum(contract, snapshot, raw, tmp_path) -> None:
    lines = raw.lines.assign(line_charge=raw.lines["line_charge"] + 0.01 * (raw.lines.index == 7))
    place = RawClaims(raw.claims, lines).to_csv(tmp_path)
    changed = take_snapshot(contract, *place, Bounds(), PUBLISHED_KEY)
    assert changed.checksum != snapshot.checksum
    assert changed.claims == snapshot.claims


@pytest.mark.parametrize(
    ("place", "schema"),
    [
        ("SQLite", None),
        ("CSV", None),
        ("PostgreSQL, shuffled", "public"),
        ("PostgreSQL, shuffled", "native"),
    ],
)
def test_a_window_holds_its_first_day_and_not_its_last(contract, raw, places, place, schema) -> None:
    wanted = in_schema(contract, schema) if schema else contract
    taken = take_snapshot(wanted, *places[place], Bounds(SINCE, UNTIL), PUBLISHED_KEY)
    received = raw.claims["received_date"]
    inside = received[(received >= str(SINCE)) & (received < str(UNTIL))]
    assert {str(SINCE), str(UNTIL - dt.timedelta(days=1))} <= set(inside)  # else the bounds are not tried
    assert [str(day) for day in taken.claims["received_date"].to_pylist()] == sorted(inside)
    assert taken.undated.num_rows == (received.isna() | (received == "1900-01-01")).sum() == 2
    assert taken.source_rows == len(raw.claims)
    assert set(taken.lines["claim_id"].to_pylist()) <= set(taken.claims["claim_id"].to_pylist())
    assert taken.lines.num_rows == raw.lines["claim_id"].isin(raw.claims["claim_id"][inside.index]).sum()


def test_claims_without_a_usable_event_time_are_kept_apart(raw, snapshot) -> None:
    unusable = raw.claims.set_index("claim_id")["received_date"].loc[lambda day: ~(day >= "2000-01-01")]
    assert set(unusable.fillna("NULL")) == {"NULL", "1900-01-01"}
    expected = {pseudonym(PUBLISHED_KEY, claim) for claim in unusable.index}
    assert set(snapshot.undated["claim_id"].to_pylist()) == expected


@pytest.mark.parametrize(("as_of", "until"), [(AS_OF, None), (dt.date(2099, 1, 1), None), (None, UNTIL)])
def test_outcomes_were_looked_for_up_to_a_day_that_the_claims_show(contract, demo, raw, as_of, until) -> None:
    taken = take_snapshot(contract, demo.url, None, Bounds(until=until, as_of=as_of), PUBLISHED_KEY)
    received = raw.claims["received_date"]
    inside = raw.claims[(received >= "2000-01-01") & (received < str(until or "2100-01-01"))]
    last = max(inside["received_date"].max(), inside["adjudicated_date"].dropna().max())
    assert str(taken.as_of) == min(last, str(as_of or last))


def test_a_decision_outside_its_legal_range_is_no_day_on_which_outcomes_were_looked_for(
    contract, demo
) -> None:
    column = contract.columns["adjudicated_date"].model_copy(update={"range": (None, AS_OF)})
    narrow = contract.model_copy(update={"columns": contract.columns | {"adjudicated_date": column}})
    taken = take_snapshot(narrow, demo.url, None, Bounds(until=dt.date(2025, 6, 1)), PUBLISHED_KEY)
    assert taken.as_of <= AS_OF


def test_an_outcome_decided_later_is_not_known_yet(as_known, raw) -> None:
    dated = raw.claims[raw.claims["received_date"] >= "2000-01-01"]
    later = ~(dated["adjudicated_date"] <= str(AS_OF))
    assert (dated["adjudicated_date"] == str(AS_OF)).any()  # that day still counts
    assert pc.sum(pc.equal(as_known.claims[OUTCOME].cast("string"), UNKNOWN)).as_py() == later.sum()


def test_all_that_came_with_an_outcome_is_blank_while_it_is_unknown(contract, snapshot, as_known) -> None:
    now, then = snapshot.claims.to_pandas(), as_known.claims.to_pandas()
    unknown = then[OUTCOME] == UNKNOWN
    outcome_side = [name for name, column in contract.kept.items() if column.known == "outcome"]
    assert now.loc[unknown, outcome_side].notna().any().all()  # there was something to blank
    assert then.loc[unknown, outcome_side].isna().all(axis=None)
    assert then["claim_id"].equals(now["claim_id"])
    decision_side = [name for name in outcome_side if not name.startswith("audit_")]
    pd.testing.assert_frame_equal(then.loc[~unknown, decision_side], now.loc[~unknown, decision_side])


def test_an_audit_finished_later_is_not_known_yet(snapshot, as_known) -> None:
    now, then = snapshot.claims.to_pandas(), as_known.claims.to_pandas()
    audit = ["audit_finding", "audit_date"]
    later = pd.to_datetime(now["audit_date"]) > pd.Timestamp(AS_OF)
    assert (later & then["adjudicated_date"].notna()).any()  # decided before, audited after
    assert then.loc[later, audit].isna().all(axis=None)
    known = now["audit_date"].notna() & ~later
    pd.testing.assert_frame_equal(then.loc[known, audit], now.loc[known, audit], check_categorical=False)


def test_findings_without_a_date_cannot_be_cut_at_one(contract, demo) -> None:
    anomaly = contract.outcome.anomaly.model_copy(update={"known_at": None})
    outcome = contract.outcome.model_copy(update={"anomaly": anomaly})
    undated = contract.model_copy(update={"outcome": outcome})
    with pytest.raises(
        DataError, match=r"when an anomaly was known\. Name that column under outcome\.anomaly"
    ):
        take_snapshot(undated, demo.url, None, Bounds(as_of=AS_OF), PUBLISHED_KEY)


def test_an_empty_window_is_refused(contract, demo) -> None:
    with pytest.raises(DataError, match=r"no claims from 2031-01-01 to the last among 3,000\. Mend source"):
        take_snapshot(contract, demo.url, None, Bounds(since=dt.date(2031, 1, 1)), PUBLISHED_KEY)
