"""Acts on releases, whole or not at all: files, entry of the log, pointers, commit and tags.

What an act is about to write is noted before it starts. Where it fails, or was killed and the next one
finds the note, what Git has no commit of is undone. Tags follow the log: those that are missing are made.
"""

import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from claims.base.errors import ReleaseError
from claims.base.files import write_whole
from claims.registry.registry import Registry
from claims.registry.tags import follow_log
from claims.repository.git import Git

_NOTE = ".act.partial"  # a name that Git ignores


@contextmanager
def acting(registry: Registry) -> Iterator[None]:
    """Allow one act at a time, on a log, pointers and tags that are as Git has them.

    Raises
    ------
    ReleaseError
        Where log or pointers are not those of the commit, or tags cannot follow the log.
    """
    with registry.writing():
        if undone := _undo(registry):
            print(f"claims: undone, as its process was killed: {undone}", file=sys.stderr)
        _check_committed(registry)
        follow_log(registry)
        yield


@contextmanager
def whole(registry: Registry, paths: Sequence[Path]) -> Iterator[None]:
    """Commit the files and folders written in this block, or leave them as they were before."""
    names = [path.relative_to(registry.root).as_posix() for path in paths]
    note = registry.records / _NOTE
    write_whole(note, json.dumps(names))
    try:
        yield
    except BaseException:  # an interrupt too
        _undo(registry)
        raise
    note.unlink()


def _undo(registry: Registry) -> str:
    """Make noted files as the commit has them; say which were not, nothing where all were."""
    note, git = registry.records / _NOTE, Git(registry.root)
    if not note.exists():
        return ""
    names: list[str] = json.loads(note.read_text(encoding="utf-8"))
    changed = git.lines("status", "--porcelain", "--untracked-files=normal", "--", *names)
    if changed:
        git.text("reset", "-q", "--", *names)
        kept = set(git.text("ls-tree", "--name-only", "-z", "HEAD", "--", *names).split("\0"))
        for name in names:
            if name in kept:
                git.text("checkout", "-q", "HEAD", "--", name)
            else:
                _remove(registry.root / name)
    note.unlink()
    return ", ".join(line[3:] for line in changed)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _check_committed(registry: Registry) -> None:
    """Refuse to build on entries that nobody else can see."""
    names = [path.relative_to(registry.root).as_posix() for path in registry.noted()]
    changed = Git(registry.root).lines("status", "--porcelain", "--", *names)
    if changed:
        problem = "not as it was committed"
        raise ReleaseError(changed[0][3:], problem, "Restore it: `git checkout HEAD -- models/releases`.")
