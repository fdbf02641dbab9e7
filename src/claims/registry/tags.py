"""The tags by which `gto show` and `dvc artifacts get` know versions and environments ("stages" there).

They follow the log, also where they were lost, were never fetched or pushed, or a process was killed before
it made them.

Source: https://dvc.org/doc/gto/user-guide#git-tags-format
"""

import re
import time
from pathlib import Path
from typing import NamedTuple

from claims.base.errors import ReleaseError
from claims.registry.log import Entry
from claims.registry.registry import Registry
from claims.registry.state import ENVIRONMENTS, RegistryState
from claims.repository.git import Git

ARTIFACT = "claims-model"  # in dvc.yaml


class Tag(NamedTuple):
    """The second in which a tag was made, and the commit that it points at."""

    second: int
    commit: str


def version_tag(number: int) -> str:
    """Return the tag of a registered version."""
    return f"{ARTIFACT}@v{number}.0.0"


def tagged_numbers(root: Path) -> set[int]:
    """Return the numbers of all versions that were ever registered, on any branch."""
    matches = (re.fullmatch(rf"{ARTIFACT}@v(\d+)\.0\.0", tag) for tag in read_tags(root))
    return {int(match[1]) for match in matches if match}


def follow_log(registry: Registry) -> None:
    """Make the tags that the log asks for and Git lacks: of versions, archived versions, environments.

    Raises
    ------
    ReleaseError
        Where the commit of a version is not in this clone.
    """
    root, state = registry.root, registry.state()
    tags = read_tags(root)
    for number, entry in state.made.items():
        if version_tag(number) not in tags:
            _make(root, tags, version_tag(number), _commit_of(registry, number), entry.why)
    for entry in _acts_untold(state, tags):
        environment = entry.environment
        name = f"{ARTIFACT}#{environment}" if environment else f"{version_tag(entry.release)}!"
        _make(root, tags, f"{name}#{_next(tags)}", tags[version_tag(entry.release)].commit, entry.why)


def _acts_untold(state: RegistryState, tags: dict[str, Tag]) -> list[Entry]:
    """Find the acts without a tag: archived versions, and what is live where another's tag is the last."""
    archives = (entry for entry in state.entries if entry.action == "archive")
    missing = [
        entry
        for entry in archives
        if not any(tag.startswith(f"{version_tag(entry.release)}!") for tag in tags)
    ]
    for environment in ENVIRONMENTS:
        live = state.live(environment)
        tagged = [tag for name, tag in tags.items() if name.startswith(f"{ARTIFACT}#{environment}#")]
        if live and (not tagged or max(tagged).commit != tags[version_tag(live.release)].commit):
            missing.append(live)
    return missing


def _commit_of(registry: Registry, number: int) -> str:
    """Find the commit that brought a release's record."""
    git, record = Git(registry.root), registry.record_path(number)
    name = record.relative_to(registry.root).as_posix()
    shallow = git.text("rev-parse", "--is-shallow-repository") == "true"
    commit = "" if shallow else git.text("log", "-1", "--diff-filter=A", "--format=%H", "--", name)
    if not commit:
        problem = (
            "no such tag in this shallow clone"
            if shallow
            else f"no such tag, nor a commit that brought {name}"
        )
        remedy = "`git fetch --tags --unshallow`." if shallow else "`git fetch --tags`."
        raise ReleaseError(version_tag(number), problem, remedy)
    return commit


def _make(root: Path, tags: dict[str, Tag], name: str, commit: str, why: str) -> None:
    """Make a tag one second later than the last, as GTO orders tags by the second."""
    second = max([int(time.time()), *(tag.second + 1 for tag in tags.values())])
    words = ("tag", "-a", "--cleanup=verbatim", name, "-m", why, commit)
    Git(root).text(*words, GIT_COMMITTER_DATE=f"@{second} +0000")
    tags[name] = Tag(second, commit)


def _next(tags: dict[str, Tag]) -> int:
    """Return the number of the next act, counted over all environments."""
    counts = [int(tag.rpartition("#")[2]) for tag in tags if re.search(r"#\d+$", tag)]
    return max(counts, default=0) + 1


def read_tags(root: Path) -> dict[str, Tag]:
    """Read GTO's tags of the model, by name."""
    form = "--format=%(refname:strip=2) %(taggerdate:unix) %(objectname) %(*objectname)"
    lines = Git(root).lines("for-each-ref", form, f"refs/tags/{ARTIFACT}*")
    rows = (line.split(" ") for line in lines)
    return {name: Tag(int(second or 0), tagged or itself) for name, second, itself, tagged in rows}
