"""What the scripts beside this one share: other programs, and failures in words as the project has them."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from claims.base.errors import ClaimsError
from claims.repository import processes
from claims.repository.processes import show

__all__ = ["plainly", "run", "show", "stop"]


def run(*command: str) -> str:
    """Return what a command prints; see `claims.repository.processes.run`."""
    return processes.run(*command).decode()


def stop(thing: str, found: str, remedy: str) -> NoReturn:
    """End the script, with exit code 1, in the words of the project's errors: thing, found, remedy."""
    sys.exit(f"{Path(sys.argv[0]).stem}: {thing}: {found}. {remedy}".strip())


def plainly(main: Callable[[], None]) -> None:
    """Run a script; what a person can mend ends it in one line."""
    try:
        main()
    except ClaimsError as error:
        stop(error.thing, error.found, error.remedy)
