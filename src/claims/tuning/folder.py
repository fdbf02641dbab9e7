"""The search's folder: finished trials, kept under a hash of all that their results depend on.

A trial's result is a function of its values and of what the folder's name stands for: search space, data,
code, packages and seed. So a search that was interrupted is simply run again: it asks the same questions in
the same order and finds the answers of the trials that were finished.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from claims.base.errors import ClaimsError
from claims.base.files import sha256_of, write_whole
from claims.base.strict import Strict
from claims.config.space import Values
from claims.tuning.trials import Objective, Result

_DIGITS_OF_NAME = 16


class TrialError(Exception):
    """A trial could not be finished; the message is the error that ended it."""


class Answer(Strict):
    """One finished trial on disk; seconds go to the timing file alone."""

    values: Values
    max_epochs: int
    seed: int
    result: Result
    seconds: float


def search_key(settings: Any, files: Iterable[Path]) -> str:
    """A hash of settings and of the names and bytes of files."""
    hashes = sorted((file.name, sha256_of(file)) for file in files)
    return _digest([settings, hashes])


def _digest(content: Any) -> str:
    text = json.dumps(content, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:_DIGITS_OF_NAME]


@dataclass
class Memory:
    """An objective that finishes no trial twice.

    Attributes
    ----------
    folder
        Where answers are kept, one file a trial.
    objective
        What is asked where there is no answer yet.
    seconds
        What each trial of this search took, now or when it was first run, by `name_of` it.
    """

    folder: Path
    objective: Objective
    seconds: dict[str, float] = field(default_factory=dict)

    def __call__(self, values: Values, max_epochs: int, seed: int) -> Result:
        """The result of a trial.

        Raises
        ------
        TrialError
            With the error that ended it; nothing is kept of such a trial.
        """
        name = name_of(values, max_epochs, seed)
        path = self.folder / f"{name}.json"
        if path.exists():
            answer = Answer.model_validate_json(path.read_text(encoding="utf-8"))
        else:
            answer = self._ask(values, max_epochs, seed)
            write_whole(path, answer.model_dump_json(indent=1))
        self.seconds[name] = answer.seconds
        return answer.result

    def _ask(self, values: Values, max_epochs: int, seed: int) -> Answer:
        started = time.monotonic()
        try:
            result = self.objective(values, max_epochs, seed)
        except ClaimsError:
            raise
        except Exception as error:  # whatever a library raises at values that it cannot take
            message = " ".join(str(error).split())
            raise TrialError(f"{type(error).__name__}: {message}") from error
        seconds = round(time.monotonic() - started, 3)
        return Answer(values=values, max_epochs=max_epochs, seed=seed, result=result, seconds=seconds)


def name_of(values: Values, max_epochs: int, seed: int) -> str:
    """The name of a trial's answer."""
    return _digest([values, max_epochs, seed])


def forget_old(searches: Path, keep: int = 5) -> None:
    """Remove all folders of searches but those used last."""
    by_use = sorted(searches.iterdir(), key=lambda folder: folder.stat().st_mtime_ns)
    for folder in by_use[:-keep]:
        shutil.rmtree(folder)
