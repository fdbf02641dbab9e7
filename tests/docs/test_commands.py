"""Commands that pages tell a reader to type exist, with their options, targets, stages and parameters."""

import re
import shlex
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from claims.cli import app
from docs.pages import NAMES, PAGES, blocks, spans
from workspaces import ROOT

CLAIMS = typer.main.get_command(app)
STAGES = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
PARAMS = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.M)[1].split()) if MAKEFILE else set()
WORD = re.compile(r"[a-z][a-z-]*")


def typed(page: Path) -> Iterator[list[str]]:
    """The words of each command of a page, those of shell blocks and those within a line."""
    text = [*blocks(page, "sh"), *blocks(page, "console"), *spans(page)]
    for line in "\n".join(text).replace("\\\n", " ").splitlines():
        for part in re.split(r"[;|]|&&|\$\(", re.sub(r"(^|\s)#.*", "", line.removeprefix("$ "))):
            lexer = shlex.shlex(part.replace("'s", "s"), posix=True, punctuation_chars=False)
            lexer.whitespace_split, lexer.commenters = True, ""
            try:
                words = [*lexer]
            except ValueError:  # half a quotation: not a command
                continue
            yield [word for word in words if not re.match(r"[A-Z_]+=", word)]


def commands(page: Path, program: str) -> list[list[str]]:
    """Arguments of each command of a page that runs a program."""
    return [words[1:] for words in typed(page) if words[:1] == [program] and len(words) > 1]


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_claims_command_exists_with_its_options(page: Path) -> None:
    for words in commands(page, "claims"):
        command: Any = CLAIMS
        rest = list(words)
        while rest and hasattr(command, "commands") and WORD.fullmatch(rest[0]):
            name = rest.pop(0)
            assert name in command.commands, words
            command = command.commands[name]
        options = {option for parameter in command.params for option in parameter.opts} | {"--help"}
        given = [word for word in rest if re.fullmatch(r"--[a-z-]+", word)]
        assert [option for option in given if option not in options] == [], words


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_target_of_make_exists(page: Path) -> None:
    named = [word for words in commands(page, "make") for word in words if WORD.fullmatch(word)]
    assert [name for name in named if name not in TARGETS] == []


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_stage_that_is_run_exists(page: Path) -> None:
    for words in commands(page, "dvc"):
        if words[0] == "repro":
            names = [word.partition("@")[0] for word in words[1:] if WORD.match(word)]
            assert [name for name in names if name not in STAGES] == [], words


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_parameter_that_is_set_exists(page: Path) -> None:
    settings = [
        after
        for words in commands(page, "dvc")
        for before, after in pairwise(words)
        if before in ("-S", "--set-param")
    ]
    for setting in settings:
        value: Any = PARAMS
        for key in setting.partition("=")[0].split("."):
            assert key in value, setting
            value = value[key]


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_script_and_module_that_is_run_exists(page: Path) -> None:
    for words in [*commands(page, "python"), *commands(page, "bash")]:
        if words[0] == "-m" and words[1].startswith("claims"):
            assert (ROOT / "src" / words[1].replace(".", "/")).with_suffix(".py").exists(), words
        elif words[0].endswith((".py", "run")):
            assert (ROOT / words[0]).exists(), words


def test_there_are_commands_to_check() -> None:
    counts = [sum(len(commands(page, name)) for page in PAGES) for name in ("claims", "dvc", "make")]
    assert min(counts) > 20, counts
