"""What a person asks: which releases there are, how two differ, who was live, whether files are whole."""

import datetime as dt

import pytest

from claims.base.errors import ReleaseError
from claims.registry.registry import Registry
from claims.releases.listing import (
    check_files,
    describe_live,
    lines_of,
    rows_of_differences,
    rows_of_releases,
)
from claims.releases.promotion import archive, promote
from release_parts import make_record


@pytest.fixture
def two(registry: Registry, publish, make_key) -> Registry:
    key = make_key()
    publish(1, key)
    other = make_record().metrics
    publish(
        2,
        key,
        params={"seed": 7, "train": {"dropout": 0.5}, "verify": {"max_float32_difference": 1e-05}},
        metrics={
            "variant": {"roc_auc": 0.88, "average_precision": 0.93},
            "slices": {"payer_id": {"P01": other["slices"]["payer_id"]["P01"], "P02": {"rows": 4}}},
        },
    )
    promote(registry, 1, "production", "first")
    return registry


def test_releases_are_listed_with_environment_metrics_and_lineage(two: Registry) -> None:
    promote(two, 2, "production", "better")
    archive(two, 1, "superseded")
    second, first = rows_of_releases(two)
    record = two.record(2)
    assert second == {
        "release": "2",
        "environment": "production",
        "released": f"{two.state().entries[1].at:%Y-%m-%d}",
        "by": "Ada",
        "variant": "int8",
        "test ROC-AUC": "0.8800",
        "claims": "1,000",
        "until": "2025-10-31",
        "commit": record.code.commit[:12],
        "identity": record.identity[:12],
    }
    assert (first["release"], first["environment"]) == ("1", "archived")


def test_a_release_whose_record_is_gone_is_not_passed_over(two: Registry) -> None:
    two.record_path(2).unlink()
    with pytest.raises(ReleaseError, match=r"2\.json: gone, though the log names it"):
        rows_of_releases(two)


def test_differences_are_those_of_parameters_metrics_and_slices_alone(two: Registry) -> None:
    rows = {row["value"]: [*row.values()][1:] for row in rows_of_differences(two, 1, 2)}
    assert rows["params.train.dropout"] == ["0.2", "0.5", "+0.3"]
    assert rows["metrics.variant.roc_auc"] == ["0.87", "0.88", "+0.01"]
    assert rows["metrics.slices.payer_id.P02.rows"] == ["–", "4", ""]
    assert rows.keys() - {"code.commit"} == {
        "params.train.dropout",
        "metrics.variant.roc_auc",
        "metrics.slices.payer_id.P02.rows",
    }


def test_a_release_does_not_differ_from_itself(two: Registry) -> None:
    assert rows_of_differences(two, 1, 1) == []


def test_who_was_live_names_all_that_made_the_decision(two: Registry) -> None:
    since = two.state().live("production").at
    promote(two, 2, "production", "better")
    description = describe_live(two, "production", since.isoformat())
    record = two.record(1)
    assert description["record"] == record.model_dump(mode="json")
    text = lines_of(description)
    for part in (
        record.identity,
        "Ada <ada@example.com>",
        "first",
        "1,000 claims of sqlite:///claims.db",
        "professional 1",
        "d" * 64,
        "600 claims received from 2025-01-01 to 2025-06-30",
        "ROC-AUC 0.8700",
        f"git show {record.code.commit[:12]}:params.yaml",
    ):
        assert part in text
    assert "in place of release 1" in lines_of(describe_live(two, "production", ""))


def test_a_moment_may_be_in_any_zone(two: Registry) -> None:
    since = two.state().live("production").at + dt.timedelta(microseconds=1)
    there = since.astimezone(dt.timezone(dt.timedelta(hours=5, minutes=30)))
    assert describe_live(two, "production", there.isoformat())["entry"]["release"] == 1


def test_the_moment_that_is_printed_can_be_asked_for(two: Registry) -> None:
    since = next(
        line for line in lines_of(describe_live(two, "production", "")).splitlines() if "since" in line
    )
    assert describe_live(two, "production", since.split()[1])["entry"]["release"] == 1


def test_what_is_live_now_does_not_hang_on_another_machines_clock(two: Registry) -> None:
    ahead = two.state().entries[-1].at + dt.timedelta(hours=3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("claims.registry.registry.datetime", type("Ahead", (), {"now": lambda _: ahead}))
        promote(two, 2, "production", "better")
    assert describe_live(two, "production", "")["entry"]["release"] == 2


def test_where_nothing_is_live_the_remedy_is_a_promotion(two: Registry) -> None:
    with pytest.raises(ReleaseError, match=r"staging: nothing is live\. Promote a release"):
        describe_live(two, "staging", "")


def test_without_a_release_there_is_nothing_to_list(registry: Registry) -> None:
    assert rows_of_releases(registry) == []


@pytest.mark.parametrize(
    ("at", "problem"),
    [
        ("yesterday", "yesterday: no moment. Write it as 2026-10-03T12:00Z"),
        ("2020-02-30T00:00Z", "no moment"),
        ("2020-01-01T12:00", "a moment without its zone. Add Z"),
        ("2020-01-01", "a moment without its zone"),
        ("2020-01-01T12:00Z", "production: nothing was live at 2020-01-01T12:00Z"),
        ("9999-01-01T00:00Z", "still to come"),
    ],
)
def test_a_moment_that_cannot_be_answered_is_refused(two: Registry, at: str, problem: str) -> None:
    with pytest.raises(ReleaseError) as refused:
        describe_live(two, "production", at)
    assert problem in str(refused.value)


def test_an_environment_that_there_is_not_is_refused(two: Registry) -> None:
    with pytest.raises(ReleaseError, match="no such environment"):
        describe_live(two, "prod", "")


def test_whole_files_are_said_to_be_whole(two: Registry) -> None:
    assert [line.partition(":")[0] for line in check_files(two, 1)] == ["record", "model", "signature"]
    two.public_key.unlink()
    with pytest.raises(ReleaseError, match=r"public_key\.pem: gone, though releases are signed"):
        list(check_files(two, 1))
    for number in (1, 2):
        two.signature_path(number).unlink()
    assert [*check_files(two, 1)][-1].startswith("signature: not checked")


@pytest.mark.parametrize("part", ["record", "model", "signature"])
def test_a_changed_file_is_found(two: Registry, part: str) -> None:
    own, theirs = (getattr(two, f"{part}_path")(number) for number in (1, 2))
    own.write_bytes(theirs.read_bytes())
    with pytest.raises(ReleaseError):
        list(check_files(two, 1))
