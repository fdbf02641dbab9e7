"""`claims contract diff`: contracts as files or as they were, and the exit code of a version left behind."""

import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from claims.cli import app
from workspaces import ROOT

TEXT = (ROOT / "contracts" / "professional.yaml").read_text(encoding="utf-8")
VERSION = "version: 1.0.0"
GAP, APPROVED = ("gap_days: 0", "gap_days: 7"), ("approved: [PAID]", "approved: [PAID, PARTLY]")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose one commit holds the contract."""
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts/ours.yaml").write_text(TEXT)
    identity = ["-c", "user.name=tests", "-c", "user.email=tests"]
    for command in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-qm", "start"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def diff(old: str = "HEAD:contracts/ours.yaml", new: str = "contracts/ours.yaml") -> Result:
    return CliRunner().invoke(app, ["contract", "diff", old, new])


def write(repository: Path, *changes: tuple[str, str]) -> None:
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (repository / "contracts/ours.yaml").write_text(text)


def test_an_unchanged_contract_needs_no_other_version(repository) -> None:
    done = diff()
    assert (done.exit_code, done.stdout) == (0, "no change; 1.0.0 → 1.0.0, at least 1.0.0 is due\n")


@pytest.mark.parametrize(
    ("changes", "version", "due", "code"),
    [
        ([GAP], "1.0.0", "1.1.0", 1),
        ([GAP], "1.0.9", "1.1.0", 1),
        ([GAP], "1.1.0", "1.1.0", 0),
        ([GAP], "2.0.0", "1.1.0", 0),
        ([GAP, APPROVED], "1.9.9", "2.0.0", 1),
        ([GAP, APPROVED], "2.0.0", "2.0.0", 0),
        ([APPROVED], "10.0.0", "2.0.0", 0),
    ],
)
def test_a_version_that_was_not_raised_enough_is_refused(repository, changes, version, due, code) -> None:
    write(repository, *changes, (VERSION, f"version: {version}"))
    done = diff()
    assert done.exit_code == code
    assert f"1.0.0 → {version}, at least {due} is due" in done.stdout
    refused = f"claims: contracts/ours.yaml: version: {version}, and {due} is due. Write version: {due}.\n"
    assert done.stderr == (refused if code else "")


def test_each_change_is_a_line_the_gravest_first(repository) -> None:
    write(repository, GAP, APPROVED, (VERSION, "version: 2"))
    lines = diff().stdout.splitlines()
    assert lines[0] == "breaking    outcome.approved: [PAID] → [PAID, PARTLY]"
    assert lines[1] == "compatible  gap_days: 0 → 7"
    assert lines[2].startswith("2 changes, breaking; 1.0.0 → 2.0.0")


def test_a_lower_version_is_refused_without_any_change(repository) -> None:
    write(repository, (VERSION, "version: 1.1.0"))
    assert diff("contracts/ours.yaml", "HEAD:contracts/ours.yaml").exit_code == 1


@pytest.mark.parametrize(
    ("old", "said"),
    [
        ("HEAD:contracts/none.yaml", "HEAD:contracts/none.yaml: no such file at that revision"),
        ("nowhere:contracts/ours.yaml", "nowhere: no revision of git's"),
        ("contracts/none.yaml", "no such contract. Contracts in contracts: ours."),
    ],
)
def test_a_contract_that_is_not_there_is_said_in_one_line(repository, old: str, said: str) -> None:
    done = diff(old)
    assert done.exit_code == 1
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_illegal_contract_of_the_past_is_named_with_its_line(repository) -> None:
    write(repository, ("name: professional", "name: Professional"))
    done = diff("contracts/ours.yaml", "HEAD:contracts/ours.yaml")
    assert "contracts/ours.yaml:3: name" in done.stderr
