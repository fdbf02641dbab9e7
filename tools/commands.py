"""Other programs, for the scripts beside this one: one that fails ends the script with what it said."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from claims.base.errors import ClaimsError


def run(*command: str) -> str:
    """What a command prints; where it fails, the script ends with its last words."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        stop(" ".join(command), done.stderr.strip()[-1000:] or f"exit code {done.returncode}", "")
    return done.stdout


def show(*command: str) -> None:
    """Run a command whose output a person follows, on standard error; where it fails, so does the script."""
    if code := subprocess.run(command, stdout=sys.stderr, check=False).returncode:
        stop(" ".join(command), f"exit code {code}", "What it says stands above.")


def stop(thing: str, found: str, remedy: str) -> NoReturn:
    """End the script, with exit code 1, in the words of the project's errors: thing, found, remedy."""
    sys.exit(f"{Path(sys.argv[0]).stem}: {thing}: {found}. {remedy}".strip())


def plainly(main: Callable[[], None]) -> None:
    """Run a script; what a person can mend ends it in one line."""
    try:
        main()
    except ClaimsError as error:
        stop(error.thing, error.found, error.remedy)
