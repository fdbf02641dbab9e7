"""The commit that a run belongs to."""

import os
from pathlib import Path

from claims.base.errors import HistoryError
from claims.repository.git import Git

_WRITTEN_BY_RUNS = (":(exclude)params.yaml", ":(exclude)dvc.lock", ":(exclude)metrics")


def commit_of(folder: Path = Path()) -> dict[str, str]:
    """Tags that tie results to their code.

    Parameters
    ----------
    folder
        Inside the repository.

    Returns
    -------
    dict
        ``git_commit``; ``git_dirty``, ``"true"`` where tracked files differ from it, other than those that a
        run itself writes; in an experiment of DVC's, ``dvc_experiment``. Without Git, the last alone.
    """
    tags: dict[str, str] = {}
    commit = os.environ.get("DVC_EXP_BASELINE_REV") or _git(folder, "rev-parse", "HEAD")
    changed = _git(folder, "status", "--porcelain", "--untracked-files=no", "--", ":/", *_WRITTEN_BY_RUNS)
    if commit and changed is not None:
        tags |= {"git_commit": commit, "git_dirty": str(bool(changed)).lower()}
    if experiment := os.environ.get("DVC_EXP_NAME"):
        tags["dvc_experiment"] = experiment
    return tags


def _git(folder: Path, *arguments: str) -> str | None:
    """What git says; None where there is no repository, no commit or no git."""
    try:
        return Git(folder).text(*arguments).strip()
    except HistoryError:
        return None
