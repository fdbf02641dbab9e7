"""Commit what was made here on a branch of its own and push it, with its Git LFS objects, for a pull request.

`python tools/propose.py releases/3 --message "Release 3" models deploy` takes the changes below the paths
named and nothing else. LFS objects go first: a branch never names a model that is not there.
"""

import argparse

from commands import run, stop

LONGEST_POINTER = 1024  # bytes: longer files are no pointers of Git LFS


def refuse_taken(branch: str, remote: str) -> None:
    """Stop where the branch is there already: what was proposed is not overwritten."""
    if run("git", "branch", "--list", branch) or run("git", "ls-remote", remote, f"refs/heads/{branch}"):
        stop(f"branch {branch}", "there already", "Merge or delete it, then propose again.")


def in_lfs(files: list[str]) -> list[str]:
    """Those files that .gitattributes gives to Git LFS."""
    attributes = run("git", "check-attr", "filter", "--", *files) if files else ""
    return [line.rsplit(": ", 2)[0] for line in attributes.splitlines() if line.endswith(": lfs")]


def stage(paths: list[str]) -> list[str]:
    """Stage the changes below the paths; returns the files of Git LFS among them."""
    run("git", "add", "--all", "--", *paths)
    if not run("git", "diff", "--cached", "--name-only", "--", *paths):
        stop(" ".join(paths), "nothing changed", "There is nothing to propose.")
    kept = run("git", "diff", "--cached", "--name-only", "--diff-filter=AM", "--", *paths)
    files = in_lfs(kept.splitlines())
    for file in files:
        if int(run("git", "cat-file", "-s", f":{file}")) > LONGEST_POINTER:
            run("git", "reset", "--quiet", "--", *paths)
            stop(file, "Git would hold it whole, and not Git LFS", "Run `git lfs install --local` first.")
    return files


def push(branch: str, remote: str, *, with_lfs: bool) -> None:
    """Push LFS objects, then the branch."""
    if with_lfs:
        run("git", "lfs", "push", remote, branch)
    run("git", "push", "--quiet", "--set-upstream", remote, branch)


def main() -> None:
    """Propose the changes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("branch")
    parser.add_argument("--message", required=True)
    parser.add_argument("--remote", default="origin")
    parser.add_argument("paths", nargs="+")
    given = parser.parse_args()
    refuse_taken(given.branch, given.remote)
    files = stage(given.paths)
    run("git", "switch", "--quiet", "--create", given.branch)
    run("git", "commit", "--quiet", "--message", given.message, "--", *given.paths)
    push(given.branch, given.remote, with_lfs=bool(files))
    print(f"{given.branch}: pushed to {given.remote}")


if __name__ == "__main__":
    main()
