"""A terminal of a chosen width, for `CliRunner`: what a person sees there, without its escape codes."""

import click
from typer.testing import CliRunner

from claims.cli import app


def at_width(columns: int) -> dict[str, str]:
    """Variables by which Rich takes standard output for a terminal."""
    return {"COLUMNS": str(columns), "TTY_COMPATIBLE": "1", "TERM": "xterm", "NO_COLOR": "1"}


def seen(*arguments: str, columns: int) -> list[str]:
    """Lines that a command shows in a terminal."""
    done = CliRunner().invoke(app, arguments, env=at_width(columns))
    assert done.exit_code == 0, done.output
    return [line.rstrip() for line in click.unstyle(done.stdout).splitlines()]


def piped(*arguments: str) -> list[str]:
    """Lines that a command writes into a pipe."""
    done = CliRunner().invoke(app, arguments, env={"TTY_COMPATIBLE": "0"})
    assert done.exit_code == 0, done.output
    return done.stdout.splitlines()
