"""The workflows: every command that they run is there, and they hold no more rights than they need."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml
from dvc.cli import DvcParserError, parse_args
from typer.main import get_command

from claims.cli import app
from workspaces import ROOT

FOLDER = ROOT / ".github"
WORKFLOWS = sorted((FOLDER / "workflows").glob("*.yml"))
FILES = [*WORKFLOWS, *sorted((FOLDER / "actions").glob("*/action.yml"))]
SYSTEM = {
    "cat",
    "echo",
    "printf",
    "gh auth setup-git",
    "gh pr comment",
    "gh pr create",
    "git lfs install",
    "git push",
    "umask",
}
OPERATORS = {"|", ">>", "<", ">", "&&", "||", ";"}
named = pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)


def read(file: Path) -> dict:
    """A workflow; YAML 1.1 takes its key `on` for a truth value."""
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    return {("on" if key is True else key): value for key, value in document.items()}


def steps(document: dict) -> Iterator[dict]:
    """The steps of a workflow or of an action."""
    jobs = [*document.get("jobs", {}).values(), document.get("runs", {})]
    return (step for job in jobs for step in job.get("steps", ()))


def commands(script: str) -> Iterator[list[str]]:
    """The simple commands of a script, as words; redirections fall away."""
    for line in script.replace("\\\n", " ").splitlines():
        words: list[str] = []
        for word in [*shlex.split(line), ";"]:
            if word not in OPERATORS:
                words.append(word)
            elif words and words[0] not in ("<", ">", ">>"):
                yield words
                words = [word] if word in (">>", "<", ">") else []
            else:
                words = []


@cache
def make_targets() -> frozenset[str]:
    return frozenset(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))


def claims_problem(words: list[str]) -> str:
    """What is wrong with a call of the project's own command."""
    command = get_command(app)
    while getattr(command, "commands", None):
        name, *words = words
        if name not in command.commands:
            return f"no command {name}"
        command = command.commands[name]
    known = {option for parameter in command.params for option in parameter.opts}
    return ", ".join(f"no option {word}" for word in words if word.startswith("--") and word not in known)


@cache
def options_of(script: str) -> frozenset[str]:
    """The options that a script says it has; a shell script has none."""
    if not script.endswith(".py"):
        return frozenset()
    done = subprocess.run(
        [sys.executable, ROOT / script, "--help"], capture_output=True, text=True, check=False
    )
    return frozenset(re.findall(r"--[a-z-]+", done.stdout))


def script_problem(words: list[str]) -> str:
    """What is wrong with a call of a script: its file, its options."""
    script, *rest = words
    if not (ROOT / script).is_file():
        return f"no {script}"
    options = [word for word in rest if word.startswith("--")]
    return ", ".join(f"no option {option}" for option in options if option not in options_of(script))


def dvc_problem(words: list[str]) -> str:
    """What DVC's own reading of the command says against it."""
    try:
        parse_args(words)
    except (DvcParserError, SystemExit):
        return "DVC does not know it"
    return ""


def problem(words: list[str]) -> str:
    """What is wrong with a command; nothing where it is one that a person could type here."""
    program, *rest = words
    if program == "make":
        return ", ".join(f"no target {word}" for word in rest if word not in make_targets())
    if program == "claims":
        return claims_problem(rest)
    if program == "dvc":
        return dvc_problem(rest)
    if program in ("python", "bash"):
        return script_problem(rest)
    known = any(" ".join(words[:length]) in SYSTEM for length in (1, 2, 3))
    return "" if known else "not among the programs that workflows may call"


def problems(document: dict) -> list[str]:
    """Everything wrong with the commands of a workflow."""
    checked = (
        (" ".join(words), problem(words))
        for step in steps(document)
        for words in commands(step.get("run", ""))
    )
    return [f"{command}: {what}" for command, what in checked if what]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(FOLDER)))
def test_every_command_is_there(file: Path) -> None:
    document = read(file)
    assert any("run" in step or "uses" in step for step in steps(document)) or "jobs" in document
    assert problems(document) == []


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("make tests", "no target tests"),
        ("claims publish 3", "no command publish"),
        ("claims score --fast", "no option --fast"),
        ("claims contract lint x", "no command lint"),
        ("python tools/comment.py", "no tools/comment.py"),
        ("python tools/propose.py x --force y", "no option --force"),
        ("dvc reproduce", "DVC does not know it"),
        ("dvc repro --pulls", "DVC does not know it"),
        ("claims check | tee log", "not among the programs"),
        ("curl example.org && make check", "not among the programs"),
    ],
)
def test_a_command_that_is_not_there_is_noticed(command: str, said: str) -> None:
    noticed = problems({"jobs": {"job": {"steps": [{"run": command}]}}})
    assert len(noticed) == 1
    assert said in noticed[0]


def test_redirections_and_pipes_are_told_from_commands() -> None:
    lines = (
        'cat a.md >> "$TARGET"',
        "python x.py name < a.md",
        "claims release --why 'a b' | python y.py \\",
        "  --z",
    )
    assert list(commands("\n".join(lines))) == [
        ["cat", "a.md"],
        ["python", "x.py", "name"],
        ["claims", "release", "--why", "a b"],
        ["python", "y.py", "--z"],
    ]


def test_actionlint_finds_nothing() -> None:
    done = subprocess.run(
        ["actionlint", "-shellcheck=", "-pyflakes="], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(FOLDER)))
def test_every_action_of_others_is_pinned_by_its_commit(file: Path) -> None:
    lines = [line for line in file.read_text().splitlines() if "uses:" in line and "uses: ./" not in line]
    pinned = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+$")
    assert [line for line in lines if not pinned.search(line)] == []


def test_one_action_has_one_version() -> None:
    text = "\n".join(file.read_text() for file in FILES)
    used = set(re.findall(r"uses: ([\w.-]+/[\w./-]+)@(\w+)", text))
    assert len(used) == len({name for name, _ in used}) > 0


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(FOLDER)))
def test_no_text_of_others_and_no_secret_becomes_part_of_a_script(file: Path) -> None:
    assert [step["run"] for step in steps(read(file)) if "${{" in step.get("run", "")] == []


@named
def test_rights_begin_with_reading_and_are_widened_by_job(file: Path) -> None:
    document = read(file)
    assert document["permissions"] == {"contents": "read"}
    assert "pull_request_target" not in document["on"]
    wider = {name: job["permissions"] for name, job in document["jobs"].items() if "permissions" in job}
    assert wider == {
        "pull-request": {"comment": {"pull-requests": "write"}},
        "release": {"release": {"contents": "write", "pull-requests": "write"}},
        "retrain": {"retrain": {"contents": "write", "pull-requests": "write"}},
    }.get(file.stem, {})


def test_code_of_a_pull_request_meets_no_token_that_writes() -> None:
    job = read(FOLDER / "workflows/pull-request.yml")["jobs"]["comment"]
    assert [step for step in job["steps"] if "uses" in step] == []
    assert len(job["steps"]) == 1


@named
def test_no_checkout_leaves_its_token_behind(file: Path) -> None:
    checkouts = [step for step in steps(read(file)) if step.get("uses", "").startswith("actions/checkout@")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@named
def test_every_job_ends_some_time_and_runs_alone_where_it_must(file: Path) -> None:
    document = read(file)
    jobs = [job for job in document["jobs"].values() if "uses" not in job]
    assert all(job["timeout-minutes"] <= 350 for job in jobs)
    called = document["on"] == "workflow_call"  # it runs in its caller's group
    assert called or document["concurrency"]["group"]
    assert called or document["concurrency"]["cancel-in-progress"] is (file.stem == "pull-request")


@named
def test_a_failing_command_of_a_pipe_fails_its_step(file: Path) -> None:
    """Without a shell of its own name, GitHub's bash forgets the first command of a pipe."""
    document = read(file)
    piped = any(" | " in step.get("run", "") for step in steps(document))
    assert not piped or document["defaults"]["run"]["shell"] == "bash"


def test_every_secret_and_variable_is_explained() -> None:
    text = "\n".join(file.read_text() for file in FILES)
    used = set(re.findall(r"\b(?:secrets|vars)\.(\w+)", text))
    page = (ROOT / "docs/delivery.md").read_text()
    assert {name for name in used if f"`{name}`" not in page} == set()
    assert len(used) > 5
