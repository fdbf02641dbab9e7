"""Push what was made here as a branch of its own, with its Git LFS objects and tags, for a pull request.

`python tools/propose.py releases/3 --message "Release 3" models deploy` commits the changes below the paths
named and nothing else, beside the commits that the remote does not have. LFS objects go first: a branch never
names a model that is not there.
"""

import argparse

from commands import plainly, run, show, stop

LONGEST_POINTER = 1024  # bytes: longer files are no pointers of Git LFS


def refuse_taken(branch: str, remote: str) -> None:
    """Stop where the branch is there already: what was proposed is not overwritten."""
    if run("git", "branch", "--list", branch) or run("git", "ls-remote", remote, f"refs/heads/{branch}"):
        stop(f"branch {branch}", "there already", "Merge or delete it, then propose again.")


def in_lfs(files: list[str]) -> list[str]:
    """Return those files that .gitattributes gives to Git LFS."""
    attributes = run("git", "check-attr", "filter", "--", *files) if files else ""
    return [line.rsplit(": ", 2)[0] for line in attributes.splitlines() if line.endswith(": lfs")]


def stage(paths: list[str]) -> bool:
    """Stage the changes below the paths; return whether there are any."""
    run("git", "add", "--all", "--", *paths)
    kept = run("git", "diff", "--cached", "--name-only", "--diff-filter=AM", "--", *paths)
    for file in in_lfs(kept.splitlines()):
        if int(run("git", "cat-file", "-s", f":{file}")) > LONGEST_POINTER:
            run("git", "reset", "--quiet", "--", *paths)
            stop(file, "Git would hold it whole, and not Git LFS", "Run `git lfs install --local` first.")
    return bool(run("git", "diff", "--cached", "--name-only", "--", *paths))


def unpushed(remote: str, *form: str) -> list[str]:
    """Return what `git log` prints of the commits that the remote does not have."""
    return run("git", "log", *form, "HEAD", "--not", f"--remotes={remote}").splitlines()


def push(branch: str, remote: str) -> None:
    """Push LFS objects, then the branch with the tags on its commits: all of them or nothing."""
    if in_lfs(sorted(set(unpushed(remote, "--format=", "--name-only", "--diff-filter=AM")) - {""})):
        show("git", "lfs", "push", remote, branch)
    show("git", "push", "--quiet", "--atomic", "--follow-tags", "--set-upstream", remote, branch)


def main() -> None:
    """Propose the changes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("branch")
    parser.add_argument("--message", required=True)
    parser.add_argument("--remote", default="origin")
    parser.add_argument("paths", nargs="+")
    given = parser.parse_args()
    refuse_taken(given.branch, given.remote)
    changed = stage(given.paths)
    if not changed and not unpushed(given.remote, "--format=%H"):
        stop(" ".join(given.paths), "nothing changed", "There is nothing to propose.")
    run("git", "switch", "--quiet", "--create", given.branch)
    if changed:
        run("git", "commit", "--quiet", "--message", given.message, "--", *given.paths)
    push(given.branch, given.remote)
    print(f"{given.branch}: pushed to {given.remote}")


if __name__ == "__main__":
    plainly(main)
