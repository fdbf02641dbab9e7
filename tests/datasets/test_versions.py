"""`claims data …` in a real repository: versions, differences, and an earlier dataset that comes back."""

import shutil

import pytest

from claims.datasets.difference import compare
from claims.datasets.versions import dataset_at, list_datasets
from claims.errors import ClaimsError, HistoryError
from claims.git import Git


@pytest.fixture
def git(history) -> Git:
    return Git(history.root)


def refusal(history, *command: str) -> str:
    """What a command says that must fail with one line."""
    with pytest.raises(AssertionError) as failed:
        history.run(*command)
    said = str(failed.value)
    assert "exited 1" in said
    assert "Traceback" not in said
    return said


def test_versions_are_those_of_history_newest_first(history, git) -> None:
    found = list_datasets(git)
    assert [dataset.revision for dataset in found] == [history.second, history.first]
    assert [dataset.tags for dataset in found] == [[], ["data/1"]]
    for dataset in found:
        expected = history.recorded(dataset.revision)
        assert dataset.contract == "professional"
        assert (dataset.recorded.rows, dataset.recorded.checksum) == (
            expected["in_window"],
            expected["checksum"],
        )
        assert dataset.recorded.label_rate == expected["approved"] / expected["decided"]


def test_the_list_shows_rows_window_labels_and_what_lies_here(history) -> None:
    lines = history.run("claims", "data", "list").splitlines()
    for line, revision in zip(lines[2:], (history.second, history.first), strict=True):
        expected = history.recorded(revision)
        share = f"{expected['approved'] / expected['decided']:.2%}"
        for shown in (f"{expected['in_window']:,}", expected["last_event"], share, expected["checksum"][:12]):
            assert shown in line
    assert "in the workspace" in lines[2]
    assert "in the workspace" not in lines[3]


def test_datasets_of_other_branches_are_listed_where_asked_for(own_history) -> None:
    own_history.run("git", "checkout", "-q", own_history.first)
    git = Git(own_history.root)
    assert [found.revision for found in list_datasets(git)] == [own_history.first]
    assert len(list_datasets(git, everywhere=True)) == 2


def test_metrics_that_are_not_those_of_the_data_are_not_shown(own_history) -> None:
    own_history.run("git", "checkout", own_history.first, "--", "metrics/extract.json")
    stray = own_history.commit("data of one run, metrics of another")
    assert dataset_at(Git(own_history.root), stray).recorded is None
    assert dataset_at(Git(own_history.root), own_history.later).recorded is not None


def test_an_earlier_dataset_comes_back_with_its_checksum(own_history) -> None:
    first, later = own_history.first, own_history.later
    now = own_history.workspace.bytes_of("data/raw")
    assert own_history.second[:7] in own_history.run("claims", "data", "check")
    own_history.run("git", "checkout", first, "--", "dvc.lock")
    own_history.run("dvc", "checkout")
    then = own_history.workspace.bytes_of("data/raw")
    assert then.keys() == now.keys()
    assert then != now
    expected = own_history.recorded(first)
    said = own_history.run("claims", "data", "check")  # computes the checksum from the rows
    assert f"{expected['in_window']:,} claims, as {first[:7]} recorded them" in said
    own_history.run("git", "checkout", later, "--", "dvc.lock")
    own_history.run("dvc", "checkout")
    assert own_history.workspace.bytes_of("data/raw") == now


def test_claims_that_no_commit_recorded_are_noticed(own_history) -> None:
    raw = own_history.root / "data/raw"
    shutil.copy(raw / "undecided.parquet", raw / "model_decided.parquet")
    assert "which no commit recorded" in refusal(own_history, "claims", "data", "check")


def test_a_dataset_does_not_differ_from_itself(history, git) -> None:
    found = compare(git, history.second, "workspace")
    assert found.before.tree == found.after.tree
    assert {drift.size for drift in found.drifts.values() if drift.size is not None} == {0.0}
    assert not found.gone + found.new


def test_a_longer_window_differs_in_its_dates_and_nothing_is_changed_by_looking(history, git) -> None:
    before = history.workspace.bytes_of("data", "metrics", ".dvc")
    found = compare(git, history.first, history.second)
    received = found.drifts["received_date"]
    assert received.size > 5 * received.chance
    assert found.drifts["member_sex"].size < 3 * found.drifts["member_sex"].chance
    assert "lines.procedure_code" in found.drifts
    hashed = {"claim_id", "member_id", "provider_npi", "lines.claim_id"}
    assert hashed.isdisjoint(found.drifts)
    after = history.workspace.bytes_of("data", "metrics", ".dvc")
    assert {name for name in before if "/tmp/" not in name} <= after.keys()
    assert all(after[name] == content for name, content in before.items() if "/tmp/" not in name)
    assert history.run("git", "status", "--porcelain") == ""


def test_the_difference_is_shown_as_tables(history) -> None:
    lines = history.run("claims", "data", "diff", "data/1", "workspace").splitlines()
    first, second = history.recorded(history.first), history.recorded(history.second)
    assert first["checksum"][:12] in lines[2]
    assert second["checksum"][:12] in lines[3]
    assert any(line.startswith("| received_date | KS |") for line in lines)


def test_what_the_cache_lacks_is_fetched_as_the_message_says(own_history, tmp_path) -> None:
    own_history.run("dvc", "remote", "add", "--local", "--default", "elsewhere", str(tmp_path / "remote"))
    own_history.run("dvc", "push", "--all-commits")
    shutil.rmtree(own_history.root / ".dvc/cache")
    said = refusal(own_history, "claims", "data", "diff", "data/1")
    assert f"data/raw at {own_history.first[:7]}: not in DVC's cache. Run `" in said
    own_history.run("sh", "-ec", said.split("`")[1])
    assert "received_date" in own_history.run("claims", "data", "diff", "data/1")
    assert own_history.run("git", "status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("revision", "said"),
    [
        ("nowhere", "nowhere: no revision of git's"),
        ("--all", "--all: no revision of git's"),
        ("data/1~1", "data/1~1: no data/raw in its dvc.lock"),
    ],
)
def test_a_revision_without_data_is_refused(git, revision: str, said: str) -> None:
    with pytest.raises(HistoryError, match=said):
        compare(git, revision, "workspace")


def test_claims_of_another_contract_are_not_compared(own_history) -> None:
    lock = own_history.workspace.path("dvc.lock")
    lock.write_text(lock.read_text().replace("contracts/professional.yaml", "contracts/tsa.yaml"))
    other = own_history.commit("as if of another contract")
    with pytest.raises(ClaimsError, match="claims of the contracts professional and tsa"):
        compare(Git(own_history.root), own_history.first, other)


def test_outside_a_repository_one_line_says_so(tmp_path) -> None:
    with pytest.raises(HistoryError, match="not a git repository"):
        list_datasets(Git(tmp_path))
