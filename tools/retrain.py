"""Train on newer claims, as an experiment of DVC's, and make it a branch that can be reviewed.

`python tools/retrain.py --until 2026-09-01 --why "approvals fell"` moves the windows, as
tools/retrain_window.py says, looks at the server again where claims lie on one (`claims snapshot`), runs the
experiment retrain-2026-09-01, makes it the branch retrain/2026-09-01, and prints that name last. The
workspace holds the results, as after `dvc exp run`. `--stop-at split` only looks at the windows, and makes no
branch.
"""

import argparse
from pathlib import Path

from claims.config.params import load_params
from claims.repository.dvc import override_params
from claims.sources.read import file_behind
from claims.sources.watermark import read_watermark
from commands import plainly, run, show, stop
from retrain_window import add_until, current_until, overrides

PARAMS = Path("params.yaml")


def refuse_unclean() -> None:
    """Stop where an experiment would take along what nobody committed."""
    if run("git", "status", "--porcelain", "--untracked-files=no"):
        stop("workspace", "changes that are not committed", "Commit them, or `git stash`.")


def refuse_existing(branch: str) -> None:
    """Stop before hours of training where the branch is there already, here or where it would be pushed."""
    refs = run("git", "for-each-ref", f"refs/heads/{branch}", f"refs/remotes/origin/{branch}").split()
    if refs:
        stop(f"branch {branch}", "there already", "Delete it, or give another --until.")


def take_watermark(window: list[str]) -> None:
    """Where claims lie on a server, see how far they go now, within the new window."""
    params = load_params()
    if file_behind(params.source.url) is not None:
        return
    before, watch = current_until(params), Path(params.source.watch)
    override_params(PARAMS, window)  # `claims snapshot` reads the bounds there
    try:
        show("claims", "snapshot")
    finally:
        run("git", "checkout", "--", str(PARAMS))
    if read_watermark(watch).until <= before:
        run("git", "checkout", "--", str(watch))
        stop("claims", f"none was received since {before}", "Retrain when there are.")


def main() -> None:
    """Run the experiment and name its branch."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_until(parser)
    parser.add_argument("--why", default="newer claims", help="the reason, for the commit")
    parser.add_argument("--stop-at", metavar="STAGE", help="the last stage that is run")
    given = parser.parse_args()
    name, branch = f"retrain-{given.until}", f"retrain/{given.until}"
    refuse_unclean()
    refuse_existing(branch)
    window = overrides(given.until)
    take_watermark(window)
    parts = [part for override in window for part in ("--set-param", override)]
    parts += ["--message", f"Retrain on claims received before {given.until}: {given.why}"]
    until = [given.stop_at] if given.stop_at else []
    show("dvc", "exp", "run", "--name", name, *parts, *until)
    if not given.stop_at:
        run("dvc", "exp", "branch", name, branch)
        print(branch)


if __name__ == "__main__":
    plainly(main)
