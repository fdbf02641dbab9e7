"""What a change does to the model, in Markdown: parameters, metrics and plots that differ from a base.

`python tools/pull_request_comment.py --base origin/main` compares the workspace with the commit from which it
came off main. Plots are those that Git holds, so links to them need `--link`, the address of the
repository's files: https://github.com/OWNER/NAME/blob.
"""

import argparse
import sys
from pathlib import Path

from check_results import differing
from claims.base.files import write_whole
from commands import plainly, run

LONGEST = 60_000  # characters; GitHub takes 65,536
CUT = "\n\n… cut here; `dvc metrics diff` shows the rest.\n"
PLOTS = "metrics/plots"


def differences(kind: str, base: str, now: str | None) -> str:
    """Return a table of DVC's; ``kind`` is params or metrics. Empty where nothing differs."""
    precision = ("--precision", "4") if kind == "metrics" else ()
    revisions = (base, now) if now else (base,)
    table = run("dvc", kind, "diff", "--md", *precision, *revisions).strip().replace(base, "base")
    return table if len(table.splitlines()) > 2 else ""


def changed_plots(base: str, now: str) -> list[tuple[str, bool]]:
    """Find the plots that differ between two commits, and whether the base has them."""
    listed = run("git", "diff", "--name-status", "--no-renames", base, now, "--", PLOTS)
    rows = (line.split("\t") for line in listed.splitlines())
    return [(name, status == "M") for status, name in rows if status in "AM" and name.endswith(".png")]


def plot_table(plots: list[tuple[str, bool]], base: str, now: str, link: str | None) -> str:
    """Show before and after side by side; without a link, the names alone."""
    if link is None:
        return "\n".join(f"- `{name}`" for name, _ in plots)

    def image(name: str, revision: str) -> str:
        return f"![{Path(name).stem}]({link}/{revision}/{name}?raw=true)"

    rows = [f"| {image(name, base) if there else '–'} | {image(name, now)} |" for name, there in plots]
    return "\n".join(["| base | now |", "|---|---|", *rows])


def section(title: str, content: str, absent: str) -> str:
    """Put content below a heading."""
    return f"### {title}\n\n{content or absent}\n"


def comment(base: str, now: str | None, plots_of: str, link: str | None) -> str:
    """Write the whole comment."""
    plots = changed_plots(base, plots_of)
    parts = [f"## What this changes\n\nCompared with {base[:12]}.\n"]
    if now is None and (files := differing()):
        parts.append(
            f"> **Not committed**: this run gave other results than the commit holds ({len(files)} files of "
            "dvc.lock and metrics). Run `dvc repro`, commit both, and `dvc push`.\n"
        )
    parts.append(section("Metrics", differences("metrics", base, now), "No metric differs."))
    parts.append(section("Parameters", differences("params", base, now), "No parameter differs."))
    if plots:
        shown = plot_table(plots, base, plots_of, link)
        parts.append(f"<details><summary>{len(plots)} plots differ</summary>\n\n{shown}\n\n</details>\n")
    text = "\n".join(parts)
    return text if len(text) <= LONGEST else text[: LONGEST - len(CUT)] + CUT


def main() -> None:
    """Write the comment."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", default="origin/main", help="a revision; compared is where the two parted")
    parser.add_argument("--now", help="a revision; the workspace by default")
    parser.add_argument("--plots", help="the revision whose plots are shown; --now or HEAD by default")
    parser.add_argument("--link", help="address under which the files of a revision are found")
    parser.add_argument("--output", type=Path, help="a file; standard output by default")
    given = parser.parse_args()
    shown = run("git", "rev-parse", given.plots or given.now or "HEAD").strip()
    base = run("git", "merge-base", given.base, given.now or "HEAD").strip()
    text = comment(base, given.now, shown, given.link)
    if given.output:
        write_whole(given.output, text)
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    plainly(main)
