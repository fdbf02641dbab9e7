"""What a benchmark has measured already, kept under a key of all that the result depends on.

Stop a benchmark at any moment, start it again, and it goes on; change claims, features, parameters, code or
a library, and only what that concerns is run again.
"""

import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claims.base.files import replacing, write_whole
from claims.base.imports import closure
from claims.config.params import Boosting, Params, Train, load_params
from claims.config.space import start_values
from claims.config.winner import Winner, resolve
from tasks import ROOT, TSA, Task, prepare

CACHE = ROOT / ".cache" / "quality"
_SOURCES = (ROOT / "src", ROOT / "benchmarks")
SMOKE = {"simulate.rows": 3000, "boosting.max_rounds": 40, "train.max_epochs": 2, "distill.copies": 1}
LIBRARIES = ("tensorflow-cpu", "keras", "lightgbm", "catboost", "xgboost-cpu", "scikit-learn", "numpy")
Arrays = dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Kept:
    """One task, with what was measured on it.

    Attributes
    ----------
    name
        Of the task.
    folder
        Of its results.
    task
        Its claims.
    params
        With the start values wherever they say ``tuned``.
    """

    name: str
    folder: Path
    task: Task
    params: Params

    def arrays(self, name: str, depends_on: str, make: Callable[[], Arrays]) -> Arrays:
        """Arrays by name; made once."""
        file = self.folder / f"{name}-{depends_on}.npz"
        if not file.exists():
            with replacing(file) as new:
                np.savez(new, allow_pickle=False, **make())
        with np.load(file) as archive:
            return {key: archive[key] for key in archive.files}

    def document(self, name: str, depends_on: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """What can be said in JSON; made once."""
        file = self.folder / f"{name}-{depends_on}.json"
        if not file.exists():
            write_whole(file, json.dumps(make(), indent=1))
        return dict(json.loads(file.read_text(encoding="utf-8")))


def code_of(*modules: str) -> list[Path]:
    """Return the files that importing modules executes: those of the project, and those beside this one."""
    return sorted(file for name in modules for source in _SOURCES for file in closure(source, name))


def key_of(code: Iterable[Path], *settings: object) -> str:
    """Return a key that changes with code, settings and libraries."""
    digest = hashlib.sha256(repr((settings, [_version(name) for name in LIBRARIES])).encode())
    for file in code:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "not installed"


def open_tasks(names: list[str], *, smoke: bool) -> Iterator[Kept]:
    """The tasks that can run here, their claims made ready; small ones for a smoke run."""
    cache, overrides = (CACHE / "smoke", dict(SMOKE)) if smoke else (CACHE, {})
    for name in names:
        if name.startswith("TSA") and not TSA.exists():
            print(f"{name}: left out, no file {TSA}; set TSA_CSV", file=sys.stderr)
            continue
        prepared = prepare(name, cache / "claims", overrides)
        content = key_of(sorted((prepared / "features").iterdir()))
        folder = cache / f"{name.replace(' ', '-').replace(',', '')}-{content}"
        folder.mkdir(parents=True, exist_ok=True)
        yield Kept(name, folder, Task.read(name, prepared), at_start(load_params(prepared / "params.yaml")))


def at_start(params: Params) -> Params:
    """The parameters with the start values wherever they say ``tuned``: for runs without a search."""
    space = params.tune.space
    network = Winner(family="network", trial=None, values=start_values(space.network))
    boosting = Winner(family="boosting", trial=None, values=start_values(space.boosting))
    settings = {
        "train": resolve("train", params.train, "network", network, Train),
        "boosting": resolve("boosting", params.boosting, "boosting", boosting, Boosting),
    }
    return params.model_copy(update=settings)
