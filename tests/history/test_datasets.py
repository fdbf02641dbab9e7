"""`claims data …` in a real repository: versions, differences, and an earlier dataset that comes back."""

import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from claims.base.errors import ClaimsError, HistoryError
from claims.history.datasets import dataset_at, list_datasets
from claims.history.difference import compare
from claims.history.stored import PARTS, Cache, files_of
from claims.repository.git import Git
from docs.pages import blocks
from docs.quoted import alike
from workspaces import ROOT


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
    datasets = list_datasets(git)
    assert [dataset.revision for dataset in datasets] == [history.second, history.first]
    assert [dataset.tags for dataset in datasets] == [[], ["data/1"]]
    for dataset in datasets:
        expected = history.recorded(dataset.revision)
        assert dataset.contract == "professional"
        assert (dataset.recorded.in_window, dataset.recorded.checksum) == (
            expected["in_window"],
            expected["checksum"],
        )
        assert dataset.recorded.label_rate == expected["approved"] / expected["decided"]


def test_the_list_shows_rows_window_labels_and_what_is_in_the_workspace(history) -> None:
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
    assert [dataset.revision for dataset in list_datasets(git)] == [own_history.first]
    assert len(list_datasets(git, everywhere=True)) == 2


def test_a_dataset_of_a_branch_whose_merge_left_nothing_of_it_is_listed(own_history) -> None:
    """Git's history without ``--full-history`` passes it over, and an erasure would, too."""
    own_history.run("git", "checkout", "-qb", "aside", own_history.first)
    own_history.workspace.set_params({"source.until": "2025-08-01"})
    own_history.run("dvc", "repro", "extract")
    aside = own_history.commit("aside")
    own_history.run("git", "checkout", "-q", own_history.later)
    own_history.run("git", "merge", "-q", "-s", "ours", "-m", "none of it", "aside")
    own_history.run("git", "branch", "-qD", "aside")
    for everywhere in (False, True):
        datasets = list_datasets(Git(own_history.root), everywhere=everywhere)
        assert {each.revision for each in datasets} == {own_history.first, own_history.second, aside}


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
    (shown,) = [text for text in blocks(ROOT / "docs/data.md", "text") if text.startswith("data/raw: ")]
    assert alike(shown, said)
    own_history.run("git", "checkout", later, "--", "dvc.lock")
    own_history.run("dvc", "checkout")
    assert own_history.workspace.bytes_of("data/raw") == now


def test_it_comes_back_and_is_compared_though_the_contract_has_changed_since(own_history) -> None:
    changes = {
        "  reason_code: {type: category, known: outcome}\n": "",
        "prior_same_service_count: {type: number,": "prior_same_service_count: {type: money,",
    }
    own_history.workspace.replace("contracts/professional.yaml", changes)
    own_history.run("dvc", "repro", "extract")
    own_history.commit("another contract")
    comparison = compare(Git(own_history.root), own_history.second, "workspace")
    assert (comparison.gone, comparison.new, comparison.retyped) == (
        ["reason_code"],
        [],
        ["prior_same_service_count"],
    )
    assert {drift.size for drift in comparison.drifts.values() if drift.size is not None} == {0.0}
    said = own_history.run("claims", "data", "diff", "data/1")
    assert "\nonly before: reason_code\n" in said
    assert said.endswith("\nof another type now: prior_same_service_count\n")
    own_history.run("git", "checkout", own_history.first, "--", "dvc.lock")
    own_history.run("dvc", "checkout", "data/raw")
    said = own_history.run("claims", "data", "check")
    assert f"as {own_history.first[:7]} recorded them" in said


def test_claims_that_no_commit_recorded_are_noticed(own_history) -> None:
    raw = own_history.root / "data/raw"
    shutil.copy(raw / "undecided.parquet", raw / "model_decided.parquet")
    assert "which no commit recorded" in refusal(own_history, "claims", "data", "check")


def test_claims_that_are_not_those_of_the_lock_are_not_shown_under_its_numbers(own_history) -> None:
    own_history.run("git", "checkout", own_history.first, "--", "dvc.lock", "metrics/extract.json")
    said = refusal(own_history, "claims", "data", "diff", "data/1", "workspace")
    assert "data/raw: not the claims that dvc.lock names. Run `dvc checkout`" in said
    own_history.run("dvc", "checkout")
    assert "| received_date | KS | 0.000 |" in own_history.run("claims", "data", "diff", "data/1")


@pytest.mark.parametrize("command", [("check",), ("diff", "data/1")])
def test_a_missing_and_a_damaged_file_are_said_in_one_line(own_history, command) -> None:
    path = own_history.root / "data/raw/undecided.parquet"
    content = path.read_bytes()
    path.unlink()
    assert "data/raw: no undecided.parquet in it" in refusal(own_history, "claims", "data", *command)
    path.write_bytes(content[: len(content) // 2])
    said = refusal(own_history, "claims", "data", *command)
    assert ("cannot be read" if command == ("check",) else "not the claims that dvc.lock names") in said


def test_a_damaged_object_of_the_cache_is_said_in_one_line(own_history) -> None:
    git = Git(own_history.root)
    files = files_of(dataset_at(git, "data/1"), git.folder, Cache.of(git.folder))
    path = files["claims.parquet"]
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:1000])
    said = refusal(own_history, "claims", "data", "diff", "data/1")
    assert "data/raw: a file that cannot be read" in said


def test_the_numbers_are_those_of_a_calculation_by_hand(history, git) -> None:
    comparison = compare(git, history.first, history.second)
    sides = [stored(history, revision) for revision in (history.first, history.second)]
    for side, dataset in zip(sides, (comparison.before, comparison.after), strict=True):
        pairs = zip(side["_outcome"], side["decided_by"], strict=True)
        decided = Counter(outcome for outcome, who in pairs if outcome != "unknown" and who != "MODEL")
        assert dataset.recorded.in_window == len(side["_outcome"])
        assert dataset.recorded.label_rate == decided["approved"] / decided.total()
    charges = [np.array([amount for amount in side["total_charge"] if amount is not None]) for side in sides]
    at = np.unique(np.concatenate(charges))
    below = [np.searchsorted(np.sort(amounts), at, side="right") / len(amounts) for amounts in charges]
    assert comparison.drifts["total_charge"].size == pytest.approx(np.abs(below[0] - below[1]).max())
    items = [Counter(";".join(filter(None, side["diagnosis_codes"])).split(";")) for side in sides]
    codes = sorted(items[0] | items[1])
    p, q = (np.array([count[code] / count.total() for code in codes]) for count in items)
    bits = sum((r[r > 0] * np.log2(r[r > 0] / ((p + q) / 2)[r > 0])).sum() / 2 for r in (p, q))
    assert comparison.drifts["diagnosis_codes"].size == pytest.approx(np.sqrt(bits))
    state = comparison.drifts["facility_state"].missing
    shares = [side["facility_state"].count(None) / len(side["facility_state"]) for side in sides]
    assert state == pytest.approx(shares)
    assert 0 < shares[0] < 0.1


def stored(history, revision: str) -> dict[str, list]:
    """Columns of a dataset's claims in the window, as they lie in DVC's cache."""
    git = Git(history.root)
    files = files_of(dataset_at(git, revision), history.root, Cache.of(history.root))
    tables = [pq.read_table(Path(files[f"{part}.parquet"])).to_pydict() for part in PARTS]
    return {name: [value for table in tables for value in table[name]] for name in tables[0]}


def test_a_dataset_does_not_differ_from_itself(history, git) -> None:
    comparison = compare(git, history.second, "workspace")
    assert comparison.before.tree == comparison.after.tree
    assert {drift.size for drift in comparison.drifts.values() if drift.size is not None} == {0.0}
    assert not comparison.gone + comparison.new


def test_a_longer_window_differs_in_its_dates_and_nothing_is_changed_by_looking(history, git) -> None:
    before = history.workspace.bytes_of("data", "metrics", ".dvc")
    comparison = compare(git, history.first, history.second)
    received = comparison.drifts["received_date"]
    assert received.size > 5 * received.chance
    assert comparison.drifts["member_sex"].size < 3 * comparison.drifts["member_sex"].chance
    assert "lines.procedure_code" in comparison.drifts
    hashed = {"claim_id", "member_id", "provider_npi", "lines.claim_id"}
    assert hashed.isdisjoint(comparison.drifts)
    after = history.workspace.bytes_of("data", "metrics", ".dvc")
    assert {name for name in before if "/tmp/" not in name} <= after.keys()
    assert all(after[name] == content for name, content in before.items() if "/tmp/" not in name)
    assert history.run("git", "status", "--porcelain") == ""


def test_a_difference_names_datasets_as_the_list_does(history) -> None:
    listed = history.run("claims", "data", "list").splitlines()
    lines = history.run("claims", "data", "diff", "data/1", "HEAD").splitlines()
    assert lines[:4] == [*listed[:2], *reversed(listed[2:])]
    assert history.run("claims", "data", "diff", history.first, "workspace").splitlines()[:4] == lines[:4]
    assert any(line.startswith("| received_date | KS |") for line in lines)


def test_a_dataset_that_no_commit_has_is_called_workspace(own_history) -> None:
    own_history.workspace.set_params({"source.until": "2025-12-01"})
    own_history.run("dvc", "repro", "extract")
    lines = own_history.run("claims", "data", "diff", "data/1").splitlines()
    assert lines[3].startswith("| workspace |")
    assert lines[3].endswith("| in the workspace |")


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
