"""Two runs of the pipeline beside each other: which outputs differ, and by how much."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from claims.base.errors import HistoryError
from claims.repository.git import Git
from claims.tracking.run import flatten


@dataclass(frozen=True)
class Lock:
    """What a ``dvc.lock`` says.

    Attributes
    ----------
    outputs
        By stage, in an order in which they can run: the hash of each output by its path.
    producers
        By stage, those whose outputs it reads.
    """

    outputs: dict[str, dict[str, str]]
    producers: dict[str, set[str]]

    @classmethod
    def read(cls, path: Path) -> "Lock":
        """Read the file."""
        stages = yaml.safe_load(path.read_text(encoding="utf-8"))["stages"]
        outputs = {name: _hashes(stage.get("outs", [])) for name, stage in stages.items()}
        producers = {name: _producers(stage, outputs) for name, stage in stages.items()}
        order = list(TopologicalSorter(producers).static_order())
        return cls({name: outputs[name] for name in order}, producers)

    def before(self, stage: str) -> set[str]:
        """All stages on whose outputs a stage rests."""
        found = set(self.producers[stage])
        for name in self.producers[stage]:
            found |= self.before(name)
        return found


def _hashes(entries: list[dict[str, Any]]) -> dict[str, str]:
    return {entry["path"]: entry["md5"] for entry in entries}


def _producers(stage: dict[str, Any], outputs: dict[str, dict[str, str]]) -> set[str]:
    read = [Path(entry["path"]) for entry in stage.get("deps", [])]
    return {name for name, made in outputs.items() if any(_overlap(Path(out), read) for out in made)}


def _overlap(output: Path, read: list[Path]) -> bool:
    return any(output.is_relative_to(path) or path.is_relative_to(output) for path in read)


def differing(before: Lock, after: Lock, stage: str) -> list[str]:
    """Paths of the outputs of a stage that have other bytes."""
    found = after.outputs.get(stage, {})
    return [path for path, digest in before.outputs[stage].items() if found.get(path) != digest]


@dataclass(frozen=True)
class Recorded:
    """The outputs of the recorded run: those that Git holds in a commit, the others in DVC's cache.

    Attributes
    ----------
    root
        Of a repository that has the commit.
    commit
        That the lock is of.
    lock
        Of the commit.
    cache
        Folder of DVC's cache.
    """

    root: Path
    commit: str
    lock: Lock
    cache: Path

    def how_much(self, stage: str, paths: list[str]) -> str:
        """Path and size of the difference between the outputs recorded and those in the repository.

        Of metrics the number that differs most, relative to its size; of other outputs the bytes.
        """
        metrics = [path for path in paths if path.endswith(".json")]
        for path in metrics:
            told = self._largest(path, self.lock.outputs[stage][path])
            if told is not None:
                return told
        path = paths[0]
        return f"{path}: {self._bytes(self.lock.outputs[stage][path], self.root / path)}"

    def _largest(self, path: str, digest: str) -> str | None:
        try:
            before = json.loads(self._text(path, digest))
            after = json.loads((self.root / path).read_text(encoding="utf-8"))
        except (HistoryError, OSError, ValueError):
            return None
        both = (dict(flatten(found, ".")) for found in (before, after) if isinstance(found, dict))
        apart = _numbers_apart(*both)
        if not apart:
            return None
        name, one, other = max(apart, key=lambda each: abs(each[2] - each[1]) / (abs(each[1]) or 1.0))
        return f"{path}: {name} {one:.6g} recorded, {other:.6g} made ({other - one:+.3g})"

    def _text(self, path: str, digest: str) -> str:
        """A metrics file as it was recorded."""
        for _, file in self._files(digest):
            return file.read_text(encoding="utf-8")
        return Git(self.root).text("show", f"{self.commit}:{path}")

    def _bytes(self, digest: str, made: Path) -> str:
        recorded = dict(self._files(digest))
        if not recorded:
            return "what was recorded is not in the cache, to be compared"
        found = {str(file.relative_to(made)): file for file in made.rglob("*") if file.is_file()}
        files = found if made.is_dir() else {"": made}
        names = sorted(recorded.keys() | files.keys())
        counts = {name: _bytes_apart(recorded.get(name), files.get(name)) for name in names}
        total, first = sum(counts.values()), next((name for name in names if counts[name]), "")
        told = "1 byte differs" if total == 1 else f"{total:,} bytes differ"
        return told + (f", {first} first" if first else "")

    def _files(self, digest: str) -> Iterator[tuple[str, Path]]:
        """The files of an output in the cache, those of a folder by their path in it."""
        path = self.cache / "files" / "md5" / digest[:2] / digest[2:]
        if not digest.endswith(".dir"):
            yield from [("", path)] if path.exists() else []
        elif path.exists():
            for entry in json.loads(path.read_text(encoding="utf-8")):
                yield from ((entry["relpath"], file) for _, file in self._files(entry["md5"]))


def _numbers_apart(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, float, float]]:
    """Numbers of the same name that differ."""
    named = ((name, before[name], after[name]) for name in before.keys() & after.keys())
    numbers = (each for each in named if all(type(value) in (int, float) for value in each[1:]))
    return sorted(each for each in numbers if each[1] != each[2])


def _bytes_apart(one: Path | None, other: Path | None) -> int:
    """How many bytes differ, place by place; of a file that is on one side alone, all."""
    first, second = (
        np.frombuffer(path.read_bytes() if path else b"", dtype=np.uint8) for path in (one, other)
    )
    shared = min(len(first), len(second))
    return int((first[:shared] != second[:shared]).sum()) + max(len(first), len(second)) - shared
