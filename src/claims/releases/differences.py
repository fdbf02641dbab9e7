"""Two runs of the pipeline beside each other: which outputs differ, and by how much."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from claims.base.errors import HistoryError
from claims.base.nested import flatten, is_number
from claims.repository.git import Git
from claims.repository.lock import Lock


def differing(before: Lock, after: Lock, stage: str) -> list[str]:
    """List the outputs of a stage that have other bytes, by path."""
    hashes = after.outputs.get(stage, {})
    return [path for path, digest in before.outputs[stage].items() if hashes.get(path) != digest]


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
        """Say how the outputs recorded and those in the repository differ.

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
        both = (flatten(figures) for figures in (before, after) if isinstance(figures, dict))
        apart = _numbers_apart(*both)
        if not apart:
            return None
        name, one, other = max(apart, key=lambda each: abs(each[2] - each[1]) / (abs(each[1]) or 1.0))
        return f"{path}: {name} {one:.6g} recorded, {other:.6g} made ({other - one:+.3g})"

    def _text(self, path: str, digest: str) -> str:
        """Read a metrics file as it was recorded."""
        for _, file in self._files(digest):
            return file.read_text(encoding="utf-8")
        return Git(self.root).text("show", f"{self.commit}:{path}")

    def _bytes(self, digest: str, made: Path) -> str:
        recorded = dict(self._files(digest))
        if not recorded:
            return "what was recorded is not in the cache, to be compared"
        inside = {str(file.relative_to(made)): file for file in made.rglob("*") if file.is_file()}
        files = inside if made.is_dir() else {"": made}
        names = sorted(recorded.keys() | files.keys())
        counts = {name: _bytes_apart(recorded.get(name), files.get(name)) for name in names}
        total, first = sum(counts.values()), next((name for name in names if counts[name]), "")
        told = "1 byte differs" if total == 1 else f"{total:,} bytes differ"
        return told + (f", {first} first" if first else "")

    def _files(self, digest: str) -> Iterator[tuple[str, Path]]:
        """Yield the files of an output in the cache, those of a folder by their path in it."""
        path = self.cache / "files" / "md5" / digest[:2] / digest[2:]
        if not digest.endswith(".dir"):
            yield from [("", path)] if path.exists() else []
        elif path.exists():
            for entry in json.loads(path.read_text(encoding="utf-8")):
                yield from ((entry["relpath"], file) for _, file in self._files(entry["md5"]))


def _numbers_apart(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, float, float]]:
    """List the numbers of the same name that differ."""
    pairs = [(name, before[name], after[name]) for name in sorted(before.keys() & after.keys())]
    return [pair for pair in pairs if is_number(pair[1]) and is_number(pair[2]) and pair[1] != pair[2]]


def _bytes_apart(one: Path | None, other: Path | None) -> int:
    """Count the bytes that differ, place by place; of a file that is on one side alone, all."""
    first, second = (
        np.frombuffer(path.read_bytes() if path else b"", dtype=np.uint8) for path in (one, other)
    )
    shared = min(len(first), len(second))
    return int((first[:shared] != second[:shared]).sum()) + max(len(first), len(second)) - shared
