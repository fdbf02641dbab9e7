"""What every stage shares: arguments from its signature, outputs whole or not at all, plain errors.

A stage is a function whose parameters are paths to read (`In`) and paths to write (`Out`), and where it is
run once for each of several, the name of one (`Word`); dvc.yaml gives them in that order, so that a stage's
line shows the data in and the data out.
"""

import inspect
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import psutil

from claims.base.errors import ClaimsError, PipelineError, first_line
from claims.base.files import replacing
from claims.base.garbage import collect_from_here_on
from claims.base.own_code import check_own_code

In = Annotated[Path, "read"]
Out = Annotated[Path, "written"]
Word = Annotated[str, "said"]

TIMING = Path("metrics/timing")
_WATCH_SECONDS = 0.5


def run(stage: Callable[..., None]) -> None:
    """Run a stage as a program: its arguments are paths, its failures one line on stderr and exit code 1."""
    collect_from_here_on()
    _end_with_parent()
    started = time.monotonic()
    try:
        check_own_code()
        with_outputs(stage, [Path(argument) for argument in sys.argv[1:]])
    except ClaimsError as error:
        sys.exit(f"{stage.__name__}: {error}")
    except OSError as error:  # a full disk, a forbidden folder
        sys.exit(f"{stage.__name__}: {_what_failed(error)}. Run it through `dvc repro`.")
    name = os.environ.get("DVC_STAGE", stage.__name__)  # of a matrix: quantize@int8
    write_seconds(name, round(time.monotonic() - started, 3))


def _what_failed(error: OSError) -> str:
    """Name file and failure; a library may have put both into one text."""
    if error.filename is None:
        return first_line(error)
    return f"{error.filename}: {error.strerror}"


def with_outputs(stage: Callable[..., None], paths: list[Path]) -> None:
    """Call a stage with its outputs written aside, and put them in place once all are complete."""
    parameters = inspect.signature(stage).parameters
    if len(paths) != len(parameters):
        raise ClaimsError(stage.__name__, f"{len(paths)} arguments", f"Give: {' '.join(parameters)}.")
    kinds = [parameter.annotation for parameter in parameters.values()]
    _check_inputs([path for kind, path in zip(kinds, paths, strict=True) if kind is In])
    with ExitStack() as outputs:
        stage(*[_argument(kind, path, outputs) for kind, path in zip(kinds, paths, strict=True)])


def _check_inputs(inputs: list[Path]) -> None:
    for path in inputs:
        if not path.exists():
            raise PipelineError(str(path), "not there", "Run `dvc repro`, which makes it, or `dvc pull`.")


def _argument(kind: Any, path: Path, outputs: ExitStack) -> Path | str:
    """Return what a stage is given for a path or a word of its command."""
    if kind is Out:
        return outputs.enter_context(replacing(path))
    return str(path) if kind is Word else path


def write_seconds(name: str, seconds: float | Mapping[int, float]) -> None:
    """Note how long something took, which is no output of a stage."""
    TIMING.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"seconds": seconds}, indent=2, sort_keys=True)
    (TIMING / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def _end_with_parent() -> None:
    """Stop when dvc is killed, also where a shell stands between: nothing is written behind its back."""
    ancestors = psutil.Process().parents()[:2]
    threading.Thread(target=_watch, args=(ancestors,), daemon=True).start()


def _watch(ancestors: list[psutil.Process]) -> None:
    while all(ancestor.is_running() and ancestor.status() != psutil.STATUS_ZOMBIE for ancestor in ancestors):
        time.sleep(_WATCH_SECONDS)
    os._exit(137)
