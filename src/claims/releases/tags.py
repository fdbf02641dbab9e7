"""The tags by which GTO knows versions and stages: `gto show` and `dvc artifacts get` read them.

Source: https://dvc.org/doc/gto/user-guide#git-tags-format
"""

import re
import time
from pathlib import Path

from claims.git import Git

ARTIFACT = "claims-model"  # in dvc.yaml


def version_tag(number: int) -> str:
    """Of a registered version."""
    return f"{ARTIFACT}@v{number}.0.0"


def tagged_numbers(root: Path) -> set[int]:
    """Of the versions that were ever registered, on any branch."""
    found = (re.fullmatch(rf"{ARTIFACT}@v(\d+)\.0\.0", tag) for tag in _tags(root))
    return {int(match[1]) for match in found if match}


def tag_version(root: Path, number: int, why: str) -> None:
    """Register the commit that is checked out."""
    Git(root).text("tag", "-a", version_tag(number), "-m", why)


def tag_stage(root: Path, number: int, stage: str, why: str) -> None:
    """Assign a stage to a version."""
    _tag(root, f"{ARTIFACT}#{stage}", number, why)


def tag_archived(root: Path, number: int, why: str) -> None:
    """Deregister a version."""
    _tag(root, f"{version_tag(number)}!", number, why)


def _tag(root: Path, name: str, number: int, why: str) -> None:
    """An act on a version; acts are counted over all stages, and GTO orders them by the second."""
    tags = _tags(root)
    counts = [int(tag.rpartition("#")[2]) for tag in tags if re.search(r"#\d+$", tag)]
    moment = max(int(time.time()), *(second + 1 for second in tags.values()))
    name, commit = f"{name}#{max(counts, default=0) + 1}", f"{version_tag(number)}^{{commit}}"
    Git(root).text("tag", "-a", name, "-m", why, commit, GIT_COMMITTER_DATE=f"@{moment} +0000")


def _tags(root: Path) -> dict[str, int]:
    """Names, and the second in which each was made."""
    form = "--format=%(refname:strip=2) %(taggerdate:unix)"
    lines = Git(root).text("for-each-ref", form, f"refs/tags/{ARTIFACT}*").splitlines()
    return {name: int(second or 0) for name, _, second in (line.partition(" ") for line in lines)}
