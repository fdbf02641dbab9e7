"""The application, and what all commands share: help, failures on one line, progress."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from claims.base.errors import ClaimsError

Command = Callable[..., None]

DATA, MODEL, RELEASES, STORAGE = "Data", "Model", "Releases", "Storage"  # panels of `claims --help`

app = typer.Typer(
    help="Machine-learning operations for an insurance-claims model.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def group(name: str, text: str, panel: str) -> typer.Typer:
    """Add a group of commands, such as ``claims data``."""
    commands = typer.Typer(no_args_is_help=True)
    app.add_typer(commands, name=name, help=text, rich_help_panel=panel)
    return commands


def command(
    name: str, text: str, *, panel: str | None = None, of: typer.Typer = app
) -> Callable[[Command], Command]:
    """Make a function a command that fails on one line.

    Parameters
    ----------
    name
        As it is typed.
    text
        Its help. Not its docstring, which Python drops at ``PYTHONOPTIMIZE=2``.
    panel
        Where `claims --help` lists it.
    of
        The application, or a group of its commands.
    """
    return lambda function: of.command(name, help=text, rich_help_panel=panel)(plainly(function))


def plainly(function: Command) -> Command:
    """Show a failure that a person can mend as one line, with exit code 1."""

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            _refuse_odd_bytes(kwargs)
            function(*args, **kwargs)
            sys.stdout.flush()  # what fails here is told here, not by Python's exit code 120
        except BrokenPipeError:  # the reader of standard output left
            _drop_unwritten()
            raise typer.Exit(1) from None
        except (ClaimsError, OSError) as error:  # a full disk and a forbidden folder can be mended too
            _fail(str(error))
        except ModuleNotFoundError as error:
            package = (error.name or "claims").partition(".")[0]
            if package == "claims":
                raise
            _fail(f"{package}: not installed. Run `make setup`, or install the package that brings it.")

    return run


def _drop_unwritten() -> None:
    """Write what Python keeps back, or drop it: at its end Python would try once more, and exit with 120."""
    try:
        sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _refuse_odd_bytes(options: Mapping[str, Any]) -> None:
    """Refuse a text of the command line that is not UTF-8, which Python keeps as halves of characters."""
    for name, value in options.items():
        try:
            value.encode() if isinstance(value, str) else None
        except UnicodeEncodeError:
            raise ClaimsError(name, "not UTF-8", "Write it in UTF-8.") from None


def _fail(message: str) -> NoReturn:
    Console(stderr=True, soft_wrap=True, highlight=False).print(f"claims: {message}", markup=False)
    _drop_unwritten()
    raise typer.Exit(1) from None


@contextmanager
def counting(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Show a progress bar on stderr, pulsing where the total is unknown; nothing where nobody watches."""
    console = Console(stderr=True)
    columns = (BarColumn(), TextColumn("{task.completed:,.0f} " + what), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda count: progress.advance(task, count)
