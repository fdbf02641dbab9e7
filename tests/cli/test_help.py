"""`claims --help`: grouped, complete, and there whatever Python leaves out."""

import os
import subprocess
import sys

import click
import pytest
import typer
from typer.testing import CliRunner

from claims.cli import app
from cli.terminal import seen

PANELS = {
    "Data": {"load", "snapshot", "forget", "contract", "data"},
    "Model": {"check", "score", "track"},
    "Releases": {
        *("release", "promote", "rollback", "archive", "who-was-live"),
        *("releases", "diff", "check-release", "reproduce", "mirror"),
    },
    "Storage": {"cache"},
}


def commands(group: click.Group, above: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], click.Command]]:
    """Every command below a group, by what is typed."""
    listed = []
    for name, command in group.commands.items():
        inner = commands(command, (*above, name)) if hasattr(command, "commands") else []
        listed += [((*above, name), command), *inner]
    return listed


COMMANDS = commands(typer.main.get_command(app))
NAMES = [" ".join(name) for name, _ in COMMANDS]


def test_commands_are_grouped_by_what_they_concern() -> None:
    panels: dict[str, set[str]] = {}
    for line in seen("--help", columns=80):
        if line.startswith("╭─ "):
            panel = panels.setdefault(line.split()[1], set())
        elif line.startswith("│ "):
            panel.add(line.split()[1])
    assert {name: panels[name] for name in PANELS} == PANELS
    assert set(panels) == {"Options", *PANELS}


def test_each_command_is_told_in_one_line_of_80_columns() -> None:
    lines = [line for line in seen("--help", columns=80) if line.startswith("│ ")]
    assert len(lines) == 1 + sum(map(len, PANELS.values()))
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=NAMES)
def test_every_command_and_every_option_has_a_help_text(
    name: tuple[str, ...], command: click.Command
) -> None:
    assert command.help
    told = [parameter for parameter in command.params if getattr(parameter, "help", None)]
    assert [each.name for each in command.params if each not in told and each.name != "help"] == []
    done = CliRunner().invoke(app, [*name, "--help"])
    assert (done.exit_code, done.stderr) == (0, "")


@pytest.mark.parametrize("arguments", [["--help"], ["data", "--help"], ["release", "--help"]])
def test_help_is_the_same_without_docstrings(arguments: list[str]) -> None:
    texts = [
        subprocess.run(
            [sys.executable, "-m", "claims.cli", *arguments],
            env=os.environ | {"PYTHONOPTIMIZE": level, "COLUMNS": "80"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for level in ("0", "2")
    ]
    assert texts[0] == texts[1]
    assert len(texts[0].split()) > 20
