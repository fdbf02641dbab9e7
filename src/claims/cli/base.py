"""The application, and what all verbs share: errors on one line, progress, tables."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from claims.base.errors import ClaimsError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def main() -> None:
    """Machine-learning operations for an insurance-claims model."""


def plainly(verb: Callable[..., None]) -> Callable[..., None]:
    """Show a failure that a person can mend as one line, with exit code 1."""

    @wraps(verb)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            verb(*args, **kwargs)
        except BrokenPipeError:  # the reader of standard output left
            sys.stderr.close()
            raise typer.Exit(1) from None
        except (ClaimsError, OSError) as error:  # a full disk and a forbidden folder can be mended too
            Console(stderr=True, soft_wrap=True, highlight=False).print(f"claims: {error}", markup=False)
            raise typer.Exit(1) from None

    return run


@contextmanager
def counting(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A progress bar on stderr, pulsing where the total is not known; silent where nobody watches."""
    console = Console(stderr=True)
    columns = (BarColumn(), TextColumn("{task.completed:,.0f} " + what), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda count: progress.advance(task, count)


def show(table: Any) -> None:
    """As wide as it needs to be where no terminal sets a width."""
    console = Console()
    (console if console.is_terminal else Console(width=400)).print(table)
