"""`claims forget`: where a subject's rows lie, the tombstone, and extraction without the rows."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from claims.contract import load_contract
from claims.datasets.versions import dataset_at
from claims.erasure.search import search
from claims.git import Git
from claims.privacy import fingerprint, pseudonym
from claims.sources.tombstones import Tombstone
from dataset_history import FIRST, KEY, SECOND, History
from sources.raw_claims import RawClaims
from workspaces import ROOT, Workspace

OTHER_KEY = "another key of this test's claims"
TOMBSTONES = "contracts/tombstones/professional.txt"


@dataclass(frozen=True)
class Subjects:
    """Members with claims in both datasets, and in the second alone; and how many claims in each."""

    old: str
    new: str
    old_counts: tuple[int, int]
    new_counts: tuple[int, int]


@pytest.fixture(scope="module")
def subjects(demo) -> Subjects:
    claims = RawClaims.read(demo.url).claims
    dated = claims[claims["received_date"] >= "2000-01-01"]  # the undated are in every dataset
    undated = set(claims["member_id"]) - set(dated["member_id"])
    counts = [dated[dated["received_date"] < day]["member_id"].value_counts() for day in (FIRST, SECOND)]
    old = next(member for member in counts[0].index if member not in undated)
    new = next(member for member in counts[1].index if member not in counts[0])
    of = [tuple(int(count.get(member, 0)) for count in counts) for member in (old, new)]
    return Subjects(old, new, of[0], of[1])


def release(history: History, number: int, checksum: str | None) -> None:
    """A record as releases have it, as far as data goes."""
    folder = history.root / "models/releases"
    folder.mkdir(parents=True, exist_ok=True)
    data = {"data": {"checksum": checksum}} if checksum else {"parameters": {}}
    (folder / f"{number}.json").write_text(json.dumps(data))


@pytest.fixture
def released(own_history) -> History:
    """Releases of the first dataset, of the second, of one that nobody has, and one that names none."""
    for number, revision in enumerate((own_history.first, own_history.second), start=1):
        release(own_history, number, own_history.recorded(revision)["checksum"])
    release(own_history, 3, "0" * 64)
    release(own_history, 10, None)
    return own_history


def find(history: History, member: str, key: str = KEY):
    contract = load_contract(history.root / "contracts/professional.yaml")
    stone = Tombstone.of(contract, "member_id", member, key.encode())
    return search(Git(history.root), contract, stone)


def test_datasets_and_releases_that_hold_a_subject_are_found(released, subjects) -> None:
    assert subjects.new_counts[0] == 0 < subjects.new_counts[1]
    for member, (first, second) in (
        (subjects.old, subjects.old_counts),
        (subjects.new, subjects.new_counts),
    ):
        found = find(released, member)
        rows = {each.dataset.revision: each.rows for each in found.datasets}
        assert rows == {released.first: first, released.second: second}
        expected = {"1": first > 0, "2": second > 0, "3": None, "10": None}
        assert {each.number: each.holds for each in found.releases} == expected


def test_every_file_that_holds_rows_is_found_and_no_other(own_history, subjects) -> None:
    found = find(own_history, subjects.new)
    gone = pseudonym(KEY.encode(), subjects.new)
    stored = [path for path in own_history.root.rglob("*") if path.is_file() and _is_parquet(path)]
    claims = {claim for path in stored for claim in _claims_of(path, gone)}
    assert claims
    expected = {path for path in stored if claims & _words(path)}
    reported = {*found.cached, *(own_history.root / path for path in found.workspace)}
    assert reported == expected
    assert {"data/raw/claims.parquet", "data/raw/lines.parquet"} <= set(found.cached.values())


def _is_parquet(path: Path) -> bool:
    return path.read_bytes()[:4] == b"PAR1"


def _claims_of(path: Path, member: str) -> list[str]:
    table = pq.read_table(path)
    if "member_id" not in table.column_names:
        return []
    pairs = zip(table["member_id"].to_pylist(), table["claim_id"].to_pylist(), strict=True)
    return [claim for who, claim in pairs if who == member]


def _words(path: Path) -> set[str]:
    return {str(cell) for column in pq.read_table(path) for cell in column.unique().to_pylist()}


def test_a_dataset_that_nobody_committed_is_found_too(own_history, subjects) -> None:
    later = f'"{SECOND}"'
    own_history.workspace.replace("params.yaml", {later: '"2026-01-15"'})
    own_history.run("dvc", "repro", "extract")
    own_history.run("git", "checkout", "-q", "params.yaml", "dvc.lock", "metrics")
    found = find(own_history, subjects.old)
    assert "" in found.cached.values()  # an object that no commit names


def test_a_dataset_on_another_branch_is_found(own_history, subjects) -> None:
    own_history.run("git", "checkout", "-q", own_history.first)
    found = find(own_history, subjects.new)
    assert [each.rows for each in found.datasets] == [subjects.new_counts[1], 0]


def test_what_cannot_be_searched_is_unknown(released, subjects) -> None:
    listing = dataset_at(Git(released.root), "data/1").tree
    cache = released.root / ".dvc/cache/files/md5"
    (cache / listing[:2] / listing[2:]).unlink()
    found = find(released, subjects.old)
    second, first = found.datasets
    assert second.rows == subjects.old_counts[1]
    assert first.rows is None
    assert f"git checkout {released.first[:7]} -- dvc.lock; dvc fetch data/raw" in first.why
    assert {each.number: each.holds for each in found.releases}["1"] is None


def test_under_another_key_everything_is_unknown(released, subjects) -> None:
    found = find(released, subjects.old, OTHER_KEY)
    assert {each.rows for each in found.datasets} == {None}
    assert all(fingerprint(KEY.encode()) in each.why for each in found.datasets)
    assert not found.nowhere


def test_a_subject_of_no_row_is_said_to_be_nowhere(own_history) -> None:
    assert find(own_history, "MBR-NOBODY").nowhere
    said = own_history.run("claims", "forget", "CLM-NOBODY", "--dry-run")
    assert "no stored row is of this subject; check that the identifier" in said


def test_a_dry_run_and_a_wrong_column_write_nothing(own_history, subjects) -> None:
    own_history.run("claims", "forget", subjects.new, "--column", "member_id", "--dry-run")
    with pytest.raises(AssertionError, match="exited 1") as refused:
        own_history.run("claims", "forget", subjects.new, "--column", "payer_id")
    assert "payer_id: not a hashed column of the claims" in str(refused.value)
    assert own_history.run("git", "status", "--porcelain") == ""


def run_forget(history: History, member: str) -> str:
    """The identifier comes through standard input, so that no process list or history holds it."""
    done = subprocess.run(
        ["claims", "forget", "-", "--column", "member_id"],
        cwd=history.root,
        env=history.workspace.variables(),
        input=member + "\n",
        capture_output=True,
        text=True,
        check=True,
    )
    assert member not in done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def forgotten(history, subjects, tmp_path_factory) -> History:
    """After a subject was forgotten and the claims were extracted again."""
    own = history.copy(tmp_path_factory.mktemp("forgotten") / "claims-mlops")
    run_forget(own, subjects.new)
    assert own.run("git", "status", "--porcelain").split() == ["??", TOMBSTONES]
    ran = own.workspace.ran(own.run("dvc", "repro"))
    assert ran == ["extract", "validate"]
    own.commit("without the subject")
    return own


def test_the_report_says_what_was_written_where_rows_lie_and_what_to_retrain(released, subjects) -> None:
    said = run_forget(released, subjects.new)
    written = f"{TOMBSTONES}: member_id {pseudonym(KEY.encode(), subjects.new)}: a tombstone was written"
    assert said.startswith(written)
    assert f"{released.second[:7]}" in said
    assert "  data/raw/claims.parquet\n" in said
    assert "releases made from them, to be retrained and replaced: 2\n" in said
    assert "releases whose data could not be searched: 3, 10\n" in said
    assert "stands there already" in run_forget(released, subjects.new)


def test_the_next_extraction_is_without_the_rows(forgotten, subjects) -> None:
    before, after = forgotten.recorded("HEAD~1"), forgotten.recorded("HEAD")
    assert (before["forgotten"], after["forgotten"]) == (0, subjects.new_counts[1])
    assert after["in_window"] == before["in_window"] - subjects.new_counts[1]
    found = find(forgotten, subjects.new)
    assert found.workspace == []
    assert [each.rows for each in found.datasets] == [0, subjects.new_counts[1], 0]


def test_no_file_of_the_repository_holds_the_identifier(forgotten, subjects) -> None:
    files = [path for path in forgotten.root.rglob("*") if path.is_file()]
    assert len(files) > 300
    assert not [path for path in files if subjects.new.encode() in path.read_bytes()]
    assert not [path for path in files if _is_parquet(path) and subjects.new in _words(path)]
    history = forgotten.run("git", "log", "--all", "-p")  # what git stores compressed
    assert TOMBSTONES in history
    assert subjects.new not in history


def test_a_clone_honours_the_tombstone(own_history, subjects, tmp_path) -> None:
    run_forget(own_history, subjects.old)
    own_history.commit("tombstone")
    clone = tmp_path / "clone"
    own_history.run("git", "clone", "-q", ".", str(clone))
    cloned = Workspace(clone, own_history.workspace.environment)
    cloned.run("dvc", "repro", "extract")
    after = json.loads((clone / "metrics/extract.json").read_text())
    assert after["forgotten"] == subjects.old_counts[1]


def test_deleting_what_the_report_names_leaves_no_row_anywhere(forgotten, subjects, tmp_path) -> None:
    own = forgotten.copy(tmp_path / "claims-mlops")
    for path in find(own, subjects.new).cached:
        path.unlink()
    found = find(own, subjects.new)
    assert not found.cached
    assert [each.rows for each in found.datasets] == [0, None, 0]
    shutil.rmtree(own.root / "data")
    own.run("dvc", "checkout")  # the dataset of now is whole


def test_this_repository_keeps_its_tombstones_in_git() -> None:
    ignored = ["git", "check-ignore", "-q", TOMBSTONES]
    assert subprocess.run(ignored, cwd=ROOT, check=False).returncode == 1
