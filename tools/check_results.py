"""After `dvc repro`: are the results that are committed those of this code, these parameters and this data?

Exit code 1, naming what differs, where `dvc repro` changed dvc.lock or a metrics file.
"""

from commands import plainly, run, stop

RESULTS = ("dvc.lock", "metrics")
SHOWN = 8
REMEDY = (
    "Run `dvc repro`, commit dvc.lock and metrics, and `dvc push` from there: what is on the remote is not "
    "run again here. On another CPU the same run can differ in the last bits."
)


def differing() -> list[str]:
    """List the result files that differ from the commit, or that it does not have."""
    listed = run("git", "status", "--porcelain", "--untracked-files=all", "--", *RESULTS)
    return [line[3:].strip('"') for line in listed.splitlines()]


def main() -> None:
    """Refuse results that are not committed."""
    if files := differing():
        more = f" and {len(files) - SHOWN} more" if len(files) > SHOWN else ""
        stop("results", f"{', '.join(files[:SHOWN])}{more} differ from the commit", REMEDY)
    print("dvc.lock and metrics are those of this commit")


if __name__ == "__main__":
    plainly(main)
