"""Other programs: started without a shell, and one line that says why where they fail."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from claims.base.errors import ClaimsError, CommandError
from claims.base.urls import mask_urls

_DVC = (sys.executable, "-m", "dvc")
_REASONS = ("fatal: ", "ERROR: ")  # of git, of DVC
_BY_THE_WAY = ("hint: ", "<http")
_OF_A_STAGE = "ERROR: failed to reproduce"
_STAGE_SAYS = re.compile(r"[a-z]+: ")


def run(
    *command: str,
    folder: Path = Path(),
    given: bytes | None = None,
    variables: Mapping[str, str] | None = None,
    name: str | None = None,
    refuse: type[ClaimsError] = CommandError,
) -> bytes:
    """Run a program and return what it prints.

    Parameters
    ----------
    command
        The program and its arguments.
    folder
        In which it runs.
    given
        Its standard input; None: this process's own.
    variables
        Of its environment, beside those of this process.
    name
        What messages call it; by default the command.
    refuse
        The error to raise.

    Raises
    ------
    ClaimsError
        As ``refuse``: the program is not installed, or fails.
    """
    done = _completed(command, folder, variables, refuse, input=given, capture_output=True)
    if done.returncode:
        raise refuse(mask_urls(name or " ".join(command)), _reason(done), "Mend it and try again.")
    return done.stdout


def run_dvc(
    *arguments: str,
    folder: Path = Path(),
    variables: Mapping[str, str] | None = None,
    refuse: type[ClaimsError] = CommandError,
) -> str:
    """Run the DVC of this environment, whose programs its stages find first; see `run`."""
    printed = run(
        *(*_DVC, *arguments),
        folder=folder,
        variables={"PATH": _programs_first(), **(variables or {})},
        name=f"dvc {' '.join(arguments)}",
        refuse=refuse,
    )
    return printed.decode()


def follow_dvc(
    *arguments: str,
    folder: Path,
    variables: Mapping[str, str] | None = None,
    refuse: type[ClaimsError] = CommandError,
) -> Generator[str]:
    """Run DVC as `run_dvc` does, and yield each line that it prints at once.

    Closing the generator ends DVC with all that it started.
    """
    with TemporaryFile() as said:
        process = subprocess.Popen(
            [*_DVC, *arguments],
            cwd=folder,
            env=os.environ | {"PATH": _programs_first(), **(variables or {})},
            stdout=subprocess.PIPE,
            stderr=said,
            start_new_session=True,
        )
        try:
            for line in process.stdout or ():
                yield line.decode(errors="replace").rstrip("\n")
            failed = process.wait() != 0
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        if failed:
            said.seek(0)
            done = subprocess.CompletedProcess(process.args, process.returncode, b"", said.read())
            raise refuse(mask_urls(f"dvc {' '.join(arguments)}"), _reason(done), "Mend it and try again.")


def _programs_first() -> str:
    """Return a search path on which this environment's programs come first."""
    return f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"


def show(*command: str, folder: Path = Path(), refuse: type[ClaimsError] = CommandError) -> None:
    """Run a program whose progress a person follows: all that it says goes to standard error.

    Raises
    ------
    ClaimsError
        As ``refuse``: the program is not installed, or fails.
    """
    done = _completed(command, folder, None, refuse, stdout=sys.stderr)
    if done.returncode:
        remedy = "What it says stands above."
        raise refuse(mask_urls(" ".join(command)), f"exit code {done.returncode}", remedy)


def succeeds(*command: str, log: Path) -> bool:
    """Run a program with all that it says in a file, and return whether it succeeded.

    A terminal's interrupt reaches the program too: its end is waited for before the interrupt is passed on.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file)
    try:
        return process.wait() == 0
    except KeyboardInterrupt:
        process.wait()
        raise


def _completed(
    command: Sequence[str],
    folder: Path,
    variables: Mapping[str, str] | None,
    refuse: type[ClaimsError],
    **options: Any,
) -> subprocess.CompletedProcess[bytes]:
    if not folder.is_dir():
        raise refuse(str(folder), "no such folder", "Mend the path.")
    try:
        return subprocess.run(command, cwd=folder, env=os.environ | (variables or {}), check=False, **options)
    except FileNotFoundError:
        raise refuse(command[0], "not installed", "Install it.") from None
    except OSError as error:
        raise refuse(command[0], f"cannot be started ({error.strerror})", "Mend its installation.") from None


def _reason(failed: subprocess.CompletedProcess[bytes]) -> str:
    """Say why a program failed: the line with the reason, else the last one that it or a hook said."""
    said = (failed.stderr.strip() or failed.stdout.strip()).decode(errors="replace")
    lines = [line.strip() for line in said.splitlines()]
    lines = [line for line in lines if line and not line.startswith(_BY_THE_WAY)]
    if not lines:
        return f"exit code {failed.returncode}"
    reasons = [line for line in lines if line.startswith(_REASONS)] or lines[-1:]
    if reasons[0].startswith(_OF_A_STAGE):  # which says why by itself, unless it was killed
        reasons = [line for line in lines if _STAGE_SAYS.match(line)][-1:] or reasons
    for prefix in _REASONS:
        reasons[0] = reasons[0].removeprefix(prefix)
    return mask_urls(reasons[0].rstrip("."))
