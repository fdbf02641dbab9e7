"""Turn on the hooks of .githooks and set up Git LFS, in this clone alone. `make hooks` runs it.

Git LFS and DVC each want hooks of the same names; those of .githooks run both. `lfs.storage` becomes a full
path, which DVC's temporary experiments then share: else their objects lie in their folder, and go with it.
`git config --unset core.hooksPath` turns the hooks off.
"""

import shutil
import sys
from pathlib import Path

from claims.base.errors import HistoryError
from claims.repository.git import Git

HOOKS = ".githooks"


def git(*arguments: str) -> str:
    """Return what git says; nothing where it fails."""
    try:
        return Git().text(*arguments).strip()
    except HistoryError:
        return ""


def refuse_others() -> None:
    """Stop where hooks of somebody else's would be turned off."""
    others = git("config", "core.hooksPath")
    if others and others != HOOKS:
        sys.exit(
            f"hooks: core.hooksPath is {others} already. Unset it first: `git config --unset core.hooksPath`."
        )
    folder = Path(git("rev-parse", "--git-common-dir")) / "hooks"
    own = sorted(path.name for path in folder.glob("*") if path.suffix != ".sample")
    if own and not others:
        sys.exit(f"hooks: {folder} holds {', '.join(own)}, which would no longer run. Move them away first.")


def main() -> None:
    """Write this clone's .git/config, and nothing else."""
    refuse_others()
    git("config", "core.hooksPath", HOOKS)
    print(f"hooks: {', '.join(sorted(path.name for path in Path(HOOKS).iterdir() if path.name != 'common'))}")
    if not shutil.which("git-lfs"):
        print(
            "hooks: Git LFS is not installed; released models stay pointers. Debian: apt-get install git-lfs"
        )
        return
    store = Path(git("rev-parse", "--git-common-dir")).resolve() / "lfs"
    git("config", "lfs.storage", str(store))
    git("lfs", "install", "--local", "--skip-repo")  # the filters; the hooks are those above
    print(f"hooks: Git LFS keeps its objects in {store}")


if __name__ == "__main__":
    main()
