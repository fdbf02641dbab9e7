"""A grid of experiments, one after another in the workspace, and the table that compares them.

`make sweep GRID='train.learning_rate=0.001,0.002 train.dropout=0.3,0.4'` makes four. Values are written as
for `dvc exp run -S`. Every experiment is one of DVC's, named by its values; one that is there already is not
run again. Afterwards, also when interrupted, the workspace is as it was: so it must be clean to begin with.
The table is sorted by validation, never by test. `--until evaluate` stops each experiment after that stage:
for trees alone, which cannot ship.
"""

import argparse
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from claims.repository import processes
from claims.repository.dvc import expand_grid
from commands import plainly, run

PARAMS, SUMMARY, SHIPPED = "params.yaml", "metrics/summary.json", "metrics/shipped.json"
WRITTEN = (PARAMS, "dvc.lock", "metrics")  # by a run, of what Git tracks
LOGS = Path(".cache/sweep")
BASELINE = "(as committed)"
FIGURES = {
    "train ROC-AUC": "train.roc_auc",
    "validation ROC-AUC": "validation.roc_auc",
    "validation average precision": "validation.average_precision",
    "test ROC-AUC": "test.roc_auc",
    "test cost per claim": "test.cost_per_claim",
}
OF_SHIPPED = {"shipped, test ROC-AUC": "shipped.roc_auc", "shipped, cost per claim": "shipped.cost_per_claim"}
SORTED_BY = "validation.roc_auc"


@dataclass(frozen=True)
class Trial:
    """One point of the grid: its values as `-S` takes them."""

    overrides: tuple[str, ...]

    @property
    def name(self) -> str:
        """Of the experiment: ``train.learning_rate-0.001_train.dropout-0.3``."""
        return "_".join(_short(*override.partition("=")[::2]) for override in self.overrides)


def _short(key: str, value: str) -> str:
    return re.sub(r"[^\w.-]+", "-", f"{key}-{value}").strip("-.")


def trials_of(grid: list[str]) -> list[Trial]:
    """Every combination of the values."""
    return [Trial(overrides) for overrides in expand_grid(grid, PARAMS)]


def refuse_unclean() -> None:
    """Stop where there is something that restoring the workspace would lose."""
    changed = run("git", "status", "--porcelain", "--untracked-files=no")
    if changed or run("git", "status", "--porcelain", "--", *WRITTEN):
        sys.exit("sweep: files that Git tracks have changed. Commit or restore them first (`git status`).")
    if json.loads(run("dvc", "status", "--json")):
        sys.exit("sweep: the results here are not this commit's. Run `dvc pull`, or `make repro` and commit.")


def restore() -> None:
    """Put back what a run has written, from Git and from DVC's cache."""
    if changed := run("git", "diff", "--name-only", "HEAD", "--", *WRITTEN).split():
        run("git", "checkout", "-q", "HEAD", "--", *changed)
    run("dvc", "checkout", "--force", "--quiet")


def succeeds(trial: Trial, until: str | None) -> bool:
    """Run an experiment, ``until`` a stage if given, and put the workspace back; its log has what it said."""
    command = ["dvc", "exp", "run", "--name", trial.name]
    command += [argument for override in trial.overrides for argument in ("--set-param", override)]
    command += [until] if until else []
    try:
        return processes.succeeds(*command, log=LOGS / f"{trial.name}.log")
    except KeyboardInterrupt:
        sys.exit("sweep: interrupted; the same command goes on from here")
    finally:
        restore()


def why(trial: Trial) -> str:
    """The line of a failed experiment's log that says why."""
    lines = (LOGS / f"{trial.name}.log").read_text(encoding="utf-8").splitlines()
    said = [line for line in lines if re.match(r"\w+: ", line) or line.startswith("ERROR")]
    return said[0] if said else f"see {LOGS / trial.name}.log"


def found_experiments() -> dict[str, dict[str, Any]]:
    """Parameters and figures of the commit and of its experiments, by name."""
    head = json.loads(run("dvc", "exp", "show", "--json"))[1]  # the workspace is [0]
    rows = {one["name"]: one["revs"][0]["data"] for one in head["experiments"] or () if one["revs"]}
    return {
        name: {"params": data["params"][PARAMS]["data"], "figures": _figures(data["metrics"])}
        for name, data in ({BASELINE: head["data"]} | rows).items()
        if data and SUMMARY in data["metrics"]
    }


def _figures(metrics: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for file in (SUMMARY, SHIPPED):
        found |= metrics.get(file, {}).get("data", {})
    return found


def _at(nested: Any, path: str) -> Any:
    for key in path.split("."):
        nested = nested.get(key) if isinstance(nested, dict) else None
    return nested


def table(
    trials: list[Trial], failed: set[str], experiments: dict[str, dict[str, Any]], columns: dict[str, str]
) -> str:
    """Markdown: the commit and the experiments, best validation first, then those that failed."""
    keys = list(dict.fromkeys(o.partition("=")[0].lstrip("+~") for t in trials for o in t.overrides))
    names = [BASELINE, *(trial.name for trial in trials if trial.name not in failed)]
    names.sort(key=lambda name: -(_at(experiments[name]["figures"], SORTED_BY) or 0))
    rows = [["experiment", *keys, *columns], ["---"] * (1 + len(keys)) + ["---:"] * len(columns)]
    for name in names:
        params, figures = experiments[name]["params"], experiments[name]["figures"]
        found = [_at(figures, path) for path in columns.values()]
        shown = ["–" if figure is None else f"{figure:.4f}" for figure in found]
        rows.append([name, *(str(_at(params, key)) for key in keys), *shown])
    for trial in trials:
        if trial.name in failed:
            values = dict(override.partition("=")[::2] for override in trial.overrides)
            rows.append(
                [trial.name, *(values.get(key, "") for key in keys), "failed", *[""] * (len(columns) - 1)]
            )
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def sweep(trials: list[Trial], until: str | None) -> set[str]:
    """Run what is not there yet; returns the names of those that failed."""
    there, failed = found_experiments(), set()
    for number, trial in enumerate(trials, 1):
        print(f"[{number}/{len(trials)}] {' '.join(trial.overrides)}", flush=True)
        if trial.name in there:
            print(f"  there already, as {trial.name}")
        elif not succeeds(trial, until):
            failed.add(trial.name)
            print(f"  failed: {why(trial)}")
    return failed


def main() -> None:
    """Run the grid and print its table; exit code 1 where an experiment failed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("grid", nargs="+", metavar="section.key=value,value")
    parser.add_argument(
        "--until", choices=["evaluate"], help="the last stage of each experiment, for what cannot ship"
    )
    given = parser.parse_args()
    trials = trials_of(given.grid)
    refuse_unclean()
    failed = sweep(trials, given.until)
    columns = FIGURES if given.until else FIGURES | OF_SHIPPED  # which an unfinished run has of its parent
    print("\n" + table(trials, failed, found_experiments(), columns))
    print("\n`dvc exp apply NAME` takes one over, `dvc exp remove NAME` forgets it.")
    if failed:
        sys.exit(1)


if __name__ == "__main__":
    plainly(main)
