"""The run cache of a remote: which earlier runs DVC may restore, checked before it writes anything of them.

DVC restores what a run says, and a run says where its outputs lie: whoever can write to the remote could name
files outside the checkout, in a run or in a folder's list. DVC also takes it on trust that a run is the one
that its name promises.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import yaml

from claims.base.errors import StorageError
from claims.repository.dvc import Repository, Runs, Store, name_of_run
from claims.repository.tracked import FOLDER, listing, read_list

_PLACE = re.compile(r"(?P<start>[0-9a-f]{2})/(?P<key>(?P=start)[0-9a-f]{62})/(?P<value>[0-9a-f]{64})")
_MD5 = re.compile(r"[0-9a-f]{32}(\.dir)?")
_LONGEST = 1 << 20  # bytes of a run; the pipeline's have some thousand


@dataclass(frozen=True)
class CheckedRuns:
    """What a remote's run cache holds.

    Attributes
    ----------
    remote
        Its address.
    runs
        How many there are.
    refused
        What is wrong, by the run's name.
    """

    remote: str
    runs: int
    refused: dict[str, str]

    def lines(self) -> list[str]:
        """Say the result in words, one run a line."""
        whole = f"{self.remote}: {self.runs - len(self.refused):,} of {self.runs:,} runs may be restored"
        return [whole, *(f"refused: {name}: {why}" for name, why in self.refused.items())]

    def demand_all(self) -> None:
        """Stop where a run may not be restored.

        Raises
        ------
        StorageError
            Saying how many may not.
        """
        if self.refused:
            remedy = "Delete them there, see who can write to it, and go on with `dvc repro --no-run-cache`."
            raise StorageError(self.remote, f"{len(self.refused)} of {self.runs:,} runs are refused", remedy)


def check_runs(
    repo: Repository, remote: str | None = None, advance: Callable[[int], None] = lambda _: None
) -> CheckedRuns:
    """Check every run that a remote holds; nothing of it is written.

    Parameters
    ----------
    repo
        Of the checkout.
    remote
        Its name; the default one if None.
    advance
        Called with the number of runs done.
    """
    refused: dict[str, str] = {}
    count = 0
    with repo.remote(remote) as store, repo.runs(remote) as runs:
        for name in runs.names():
            if why := _problem(runs, name, store):
                refused[name] = why
            count += 1
            advance(1)
        return CheckedRuns(runs.address, count, refused)


def _problem(runs: Runs, name: str, store: Store) -> str:
    """Say why a run may not be restored; empty where it may."""
    place = _PLACE.fullmatch(name)
    if place is None:
        return "not a run's name"
    if runs.size(name) > _LONGEST:
        return "too long for a run"
    try:
        run = yaml.safe_load(runs.read(name))
        names = name_of_run(run)
        outputs = {out["path"]: out["md5"] for out in run["outs"]}
    except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError, ValueError):
        return "not a run"
    if names != (place["key"], place["value"]):
        return "another run than its name promises"
    return next(_output_problems(outputs, store), "")


def _output_problems(outputs: dict[Any, Any], store: Store) -> Iterator[str]:
    for path, oid in outputs.items():
        if not _stays_inside(path):
            yield f"writes outside the checkout: {path}"
        elif not isinstance(oid, str) or not _MD5.fullmatch(oid):
            yield f"no hash of {path}"
        elif oid.endswith(FOLDER):
            if read_list(store, oid) == b"":
                yield f"the list of {path} is damaged"
            inside = (name for name in listing(store, oid) if not _stays_inside(name))
            yield from (f"the list of {path} writes outside of it: {name}" for name in inside)


def _stays_inside(path: Any) -> bool:
    """Say whether a path leads down from where it starts."""
    if not isinstance(path, str) or not path or "\\" in path or "\0" in path:
        return False
    parts = PurePosixPath(path).parts
    return not path.startswith("/") and ".." not in parts and parts[:1] not in ((".git",), (".dvc",))
