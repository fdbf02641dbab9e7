"""`claims forget`: where a subject's rows lie, the tombstone, and extraction without the rows."""

import json
import os
import pty
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from claims.contract import load_contract
from claims.data.pseudonyms import fingerprint, pseudonym
from claims.erasure.search import search
from claims.history.datasets import dataset_at
from claims.model.container import join_members
from claims.repository.git import Git
from claims.sources.earlier_checkouts import bring_tombstones
from claims.sources.tombstones import Tombstone, read_tombstones
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
        findings = find(released, member)
        rows = {each.dataset.revision: each.rows for each in findings.datasets}
        assert rows == {released.first: first, released.second: second}
        expected = {1: first > 0, 2: second > 0, 3: None, 10: None}
        assert {each.number: each.holds for each in findings.releases} == expected


def test_every_file_that_holds_rows_is_found_and_no_other(own_history, subjects) -> None:
    findings = find(own_history, subjects.new)
    gone = pseudonym(KEY.encode(), subjects.new)
    stored = [path for path in own_history.root.rglob("*") if path.is_file() and _is_parquet(path)]
    claims = {claim for path in stored for claim in _claims_of(path, gone)}
    assert claims
    expected = {path for path in stored if claims & _words(path)}
    reported = {*findings.cached, *(own_history.root / path for path in findings.workspace)}
    assert reported == expected
    assert {"data/raw/claims.parquet", "data/raw/lines.parquet"} <= set(findings.cached.values())


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
    own_history.workspace.set_params({"source.until": "2026-01-15"})
    own_history.run("dvc", "repro", "extract")
    own_history.run("git", "checkout", "-q", "params.yaml", "dvc.lock", "metrics")
    findings = find(own_history, subjects.old)
    assert "" in findings.cached.values()  # an object that no commit names


def test_a_dataset_on_another_branch_is_found(own_history, subjects) -> None:
    own_history.run("git", "checkout", "-q", own_history.first)
    findings = find(own_history, subjects.new)
    assert [each.rows for each in findings.datasets] == [subjects.new_counts[1], 0]


def model_naming(member: str) -> bytes:
    """A packed model whose encoder names a member, as a ``prior_count`` of members makes it."""
    encoder = json.dumps({"categories": [pseudonym(KEY.encode(), who) for who in ("A", member)]})
    return join_members(b"1234TFL3 and so on", {"encoder.json": encoder.encode()})


def test_models_and_encoders_that_name_a_subject_are_found_and_no_other(released, subjects) -> None:
    """Also where nobody can say any more which claims a release was made from."""
    folder = released.root / "models/tflite_models/claims_model"
    folder.mkdir(parents=True)
    for number, member in ((1, subjects.new), (2, subjects.old), (3, subjects.old)):
        (folder / f"{number}.tflite").write_bytes(model_naming(member))
    (folder / "10.tflite").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    candidate = released.root / "models/claims_model.tflite"
    candidate.write_bytes(model_naming(subjects.old))
    cached = released.root / ".dvc/cache/files/md5/ab/cdef"
    cached.parent.mkdir(exist_ok=True)
    cached.write_text(json.dumps({"categories": [pseudonym(KEY.encode(), subjects.old)]}))
    stored = released.root / ".git/lfs/objects/ab/cd/abcd"
    stored.parent.mkdir(parents=True)
    stored.write_bytes(model_naming(subjects.old))
    findings = find(released, subjects.old)
    assert {each.number: each.names for each in findings.releases} == {1: False, 2: True, 3: True, 10: None}
    assert candidate.relative_to(released.root) in findings.workspace
    assert findings.cached[cached] == ""
    assert findings.lfs == [stored]
    other = find(released, "MBR-NOBODY")
    assert not other.cached
    assert not other.workspace
    assert not other.lfs
    said = run_forget(released, subjects.old)
    assert "releases whose model file names the subject: 2, 3\n" in said
    assert "releases whose model file is not here, or damaged (`git lfs pull`): 10\n" in said


def test_a_copy_that_an_experiment_left_is_found(own_history, subjects) -> None:
    left = Path(".dvc/tmp/exps/tmp123/data/raw/claims.parquet")
    (own_history.root / left).parent.mkdir(parents=True)
    shutil.copy(own_history.root / "data/raw/claims.parquet", own_history.root / left)
    assert left in find(own_history, subjects.old).workspace


def test_rows_are_counted_though_no_commit_recorded_the_key(own_history, subjects) -> None:
    own_history.run("git", "checkout", "-q", "--orphan", "anew", own_history.later)
    (own_history.root / "metrics/extract.json").unlink()
    own_history.commit("a dataset without its metrics")
    for ref in ("refs/heads/master", "refs/heads/main", "refs/tags/data/1"):
        own_history.run("git", "update-ref", "-d", ref)
    assert [each.rows for each in find(own_history, subjects.old).datasets] == [subjects.old_counts[1]]
    (unsure,) = find(own_history, "MBR-NOBODY").datasets
    assert (unsure.rows, unsure.why) == (None, "the key of its identifiers was not recorded")


def test_a_damaged_file_is_named_and_the_others_are_searched(own_history, subjects) -> None:
    cache = own_history.root / ".dvc/cache/files/md5"
    lines = next(path for path, name in find(own_history, subjects.old).cached.items() if "lines" in name)
    half = cache / "00" / ".left-by-a-kill.tmp"
    half.parent.mkdir(exist_ok=True)
    half.write_bytes(lines.read_bytes()[:500])
    raw = own_history.root / "data/raw/claims.parquet"
    content = bytearray(raw.read_bytes())
    content[100:2000] = bytes(1900)
    raw.unlink()
    raw.write_bytes(content)
    findings = find(own_history, subjects.old)
    assert {half, raw} <= {*findings.damaged}
    assert lines in findings.cached
    assert not findings.nowhere
    said = own_history.run("claims", "forget", "CLM-NOBODY", "--dry-run")
    assert f"files that could not be read, and so not searched:\n  {half}\n" in said


def test_what_cannot_be_searched_is_unknown(released, subjects) -> None:
    listing = dataset_at(Git(released.root), "data/1").tree
    cache = released.root / ".dvc/cache/files/md5"
    (cache / listing[:2] / listing[2:]).unlink()
    findings = find(released, subjects.old)
    second, first = findings.datasets
    assert second.rows == subjects.old_counts[1]
    assert first.rows is None
    assert f"git checkout {released.first[:7]} -- dvc.lock; dvc fetch data/raw" in first.why
    assert {each.number: each.holds for each in findings.releases}[1] is None


def test_under_another_key_everything_is_unknown(released, subjects) -> None:
    findings = find(released, subjects.old, OTHER_KEY)
    assert {each.rows for each in findings.datasets} == {None}
    assert all(fingerprint(KEY.encode()) in each.why for each in findings.datasets)
    assert not findings.nowhere


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


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (b"MBR-ONE\nMBR-TWO\n", "standard input: 2 identifiers. Give one at a time."),
        (b"\n", "member_id: no identifier was given."),
        (b"MBR-\xe9\n", "standard input: not UTF-8."),
    ],
)
def test_what_is_no_single_identifier_is_refused_and_never_repeated(own_history, given, said) -> None:
    done = forget_from(own_history, given)
    assert done.returncode == 1
    assert done.stderr.startswith(f"claims: {said}".encode())
    assert done.stderr.count(b"\n") == 1
    assert b"MBR-" not in done.stdout + done.stderr
    assert own_history.run("git", "status", "--porcelain") == ""


def test_a_file_of_windows_names_the_same_subject(own_history, subjects) -> None:
    run_forget(own_history, subjects.old)
    done = forget_from(own_history, f"\ufeff{subjects.old}\r\n".encode())
    assert b"stands there already" in done.stdout


def forget_from(history: History, given: bytes) -> subprocess.CompletedProcess[bytes]:
    command = ["claims", "forget", "-", "--column", "member_id"]
    variables = history.workspace.variables()
    return subprocess.run(
        command, cwd=history.root, env=variables, input=given, capture_output=True, check=False
    )


def test_a_terminal_does_not_show_the_identifier(own_history, subjects) -> None:
    shown = on_terminal(own_history, ["claims", "forget", "-", "--column", "member_id"], subjects.old)
    assert "identifier: " in shown
    assert f"member_id {pseudonym(KEY.encode(), subjects.old)}: a tombstone was written" in shown
    assert subjects.old not in shown


def on_terminal(history: History, command: list[str], typed: str) -> str:
    """What a terminal shows, once the prompt is answered."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command,
        cwd=history.root,
        env=history.workspace.variables(),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    shown = b""
    while b"identifier: " not in shown:
        shown += os.read(ours, 1000)
    os.write(ours, typed.encode() + b"\n")
    with suppress(OSError):  # the other end was closed
        while part := os.read(ours, 1000):
            shown += part
    os.close(ours)
    assert process.wait(60) == 0
    return shown.decode()


def test_of_subjects_forgotten_at_once_none_is_lost(own_history) -> None:
    """Each reads the file, adds a line and writes the whole."""
    members = [f"MBR-{n}" for n in range(20)]
    script = (
        "import pathlib, sys, time; from claims.erasure.forget import forget; put = pathlib.Path.replace\n"
        "pathlib.Path.replace = lambda *paths: (time.sleep(0.05), put(*paths))\n"
        "for member in sys.argv[1:]: next(iter(forget(member, 'member_id', dry_run=False)))"
    )
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", script, *members[start::4]],
            cwd=own_history.root,
            env=own_history.workspace.variables(),
        )
        for start in range(4)
    ]
    assert [writer.wait(120) for writer in writers] == [0] * 4
    kept = read_tombstones(own_history.root / TOMBSTONES)
    assert {stone.pseudonym for stone in kept} == {pseudonym(KEY.encode(), member) for member in members}


def test_a_kill_halfway_leaves_the_tombstones_whole_and_the_next_one_goes_on(own_history, subjects) -> None:
    run_forget(own_history, subjects.old)
    own_history.commit("tombstone")
    before = (own_history.root / TOMBSTONES).read_bytes()
    script = (
        "import os, signal, pathlib; from claims.erasure import forget\n"
        "pathlib.Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "list(forget.forget('MBR-KILLED', 'member_id', dry_run=False))"
    )
    killed = subprocess.run(
        [sys.executable, "-c", script],
        cwd=own_history.root,
        env=own_history.workspace.variables(),
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert (own_history.root / TOMBSTONES).read_bytes() == before
    assert own_history.run("git", "status", "--porcelain") == ""  # what it left is ignored, by DVC too
    assert "a tombstone was written" in run_forget(own_history, "MBR-KILLED")
    assert len(read_tombstones(own_history.root / TOMBSTONES)) == 2


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
    assert said.endswith("to be retrained: run `dvc repro`, commit, and release the new model\n")
    assert "stands there already" in run_forget(released, subjects.new)


def test_the_next_extraction_is_without_the_rows(forgotten, subjects) -> None:
    before, after = forgotten.recorded("HEAD~1"), forgotten.recorded("HEAD")
    assert (before["forgotten"], after["forgotten"]) == (0, subjects.new_counts[1])
    assert after["in_window"] == before["in_window"] - subjects.new_counts[1]
    findings = find(forgotten, subjects.new)
    assert findings.workspace == []
    assert [each.rows for each in findings.datasets] == [0, subjects.new_counts[1], 0]
    release(forgotten, 1, before["checksum"])
    said = run_forget(forgotten, subjects.new)
    shutil.rmtree(forgotten.root / "models/releases")
    assert "releases made from them, to be retrained and replaced: 1\n" in said
    assert said.endswith("without the subject: put a release of these in their place\n")


def test_no_file_of_the_repository_holds_the_identifier(forgotten, subjects) -> None:
    files = [path for path in forgotten.root.rglob("*") if path.is_file()]
    assert len(files) > 300
    assert not [path for path in files if subjects.new.encode() in path.read_bytes()]
    assert not [path for path in files if _is_parquet(path) and subjects.new in _words(path)]
    history = forgotten.run("git", "log", "--all", "-p")  # what git stores compressed
    assert TOMBSTONES in history
    assert subjects.new not in history


def test_an_earlier_commit_is_given_the_tombstones_written_since(own_history, subjects, tmp_path) -> None:
    clone = tmp_path / "clone"
    own_history.run("git", "clone", "-q", ".", str(clone))
    run_forget(own_history, subjects.old)
    run_forget(own_history, subjects.new)
    assert [bring_tombstones(own_history.root, clone) for _ in range(2)] == [2, 0]
    assert (clone / TOMBSTONES).read_bytes() == (own_history.root / TOMBSTONES).read_bytes()


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
    findings = find(own, subjects.new)
    assert not findings.cached
    assert [each.rows for each in findings.datasets] == [0, None, 0]
    shutil.rmtree(own.root / "data")
    own.run("dvc", "checkout")  # the dataset of now is whole


def test_this_repository_keeps_its_tombstones_in_git() -> None:
    ignored = ["git", "check-ignore", "-q", TOMBSTONES]
    assert subprocess.run(ignored, cwd=ROOT, check=False).returncode == 1
