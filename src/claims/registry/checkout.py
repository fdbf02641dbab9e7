"""What Git says of a checkout, and what a release writes to it."""

from collections.abc import Iterable
from pathlib import Path

from claims.base.errors import HistoryError, ReleaseError
from claims.repository.git import Git

_LFS = "filter: lfs"


def commit_of(root: Path) -> str:
    """Return the commit that is checked out."""
    return Git(root).commit("HEAD")


def check_clean(root: Path) -> None:
    """Refuse files that differ from the commit: a release has to be what Git can give back.

    Raises
    ------
    ReleaseError
        Names the first of them.
    """
    changed = Git(root).lines("status", "--porcelain", "--untracked-files=normal")
    if changed:
        problem = f"{len(changed)} changed or new, {changed[0][3:]} first"
        raise ReleaseError("the working tree", problem, "Commit or remove them.")


def check_lfs(root: Path, model: Path) -> None:
    """Refuse a machine or checkout without Git LFS, where a model would go into Git itself.

    Raises
    ------
    ReleaseError
        With what to install or to run.
    """
    try:
        Git(root).text("lfs", "version")
    except HistoryError:
        raise ReleaseError("Git LFS", "not installed", "On Debian: apt-get install git-lfs.") from None
    try:
        Git(root).text("config", "filter.lfs.clean")
    except HistoryError:
        raise ReleaseError("Git LFS", "not turned on here", "Run `git lfs install --local`.") from None
    if not Git(root).text("check-attr", "filter", "--", str(model.relative_to(root))).endswith(_LFS):
        problem = f"does not give {model.relative_to(root)} to Git LFS"
        raise ReleaseError(".gitattributes", problem, "Restore its lines from Git.")


def person(root: Path) -> str:
    """Return who does this: the name and address that Git writes into commits.

    Raises
    ------
    ReleaseError
        Where Git does not know.
    """
    try:
        return Git(root).text("var", "GIT_AUTHOR_IDENT").rsplit(" ", 2)[0]  # without the time
    except HistoryError as error:
        if error.thing == "git":  # it is not installed
            raise
        remedy = "git config user.name NAME; git config user.email ADDRESS"
        raise ReleaseError("git", "does not know who you are", remedy) from None


def commit_files(root: Path, paths: Iterable[Path], message: str) -> None:
    """Commit those files alone, whatever else is staged."""
    names = [str(path.relative_to(root)) for path in paths if path.exists()]
    Git(root).text("add", "--", *names)
    Git(root).text("commit", "-q", "-m", message, "--", *names)
