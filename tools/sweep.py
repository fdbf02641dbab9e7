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

from claims.cli.tables import show
from claims.repository import processes
from claims.repository.dvc import expand_grid
from commands import plainly, run
from recorded_experiments import BASELINE, PARAMS, Experiment, Figures, experiments_of_head, validation_auc

WRITTEN = (PARAMS, "dvc.lock", "metrics")  # by a run, of what Git tracks
LOGS = Path(".cache/sweep")
FIGURES: Figures = {
    "train ROC-AUC": lambda made: made.summary.train.roc_auc,
    "validation ROC-AUC": lambda made: made.summary.validation.roc_auc,
    "validation average precision": lambda made: made.summary.validation.average_precision,
    "test ROC-AUC": lambda made: made.summary.test.roc_auc,
    "test cost per claim": lambda made: made.summary.test.cost_per_claim,
}
OF_SHIPPED: Figures = {
    "shipped, test ROC-AUC": lambda made: made.shipped.roc_auc if made.shipped else None,
    "shipped, cost per claim": lambda made: made.shipped.cost_per_claim if made.shipped else None,
}


@dataclass(frozen=True)
class Trial:
    """One point of the grid: its values as `-S` takes them."""

    overrides: tuple[str, ...]

    @property
    def name(self) -> str:
        """Name of the experiment: ``train.learning_rate-0.001_train.dropout-0.3``."""
        return "_".join(_short(*override.partition("=")[::2]) for override in self.overrides)


def _short(key: str, value: str) -> str:
    return re.sub(r"[^\w.-]+", "-", f"{key}-{value}").strip("-.")


def trials_of(grid: list[str]) -> list[Trial]:
    """Return every combination of the values."""
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
    """Find the line of a failed experiment's log that says why."""
    lines = (LOGS / f"{trial.name}.log").read_text(encoding="utf-8").splitlines()
    said = [line for line in lines if re.match(r"\w+: ", line) or line.startswith("ERROR")]
    return said[0] if said else f"see {LOGS / trial.name}.log"


def rows_of(
    trials: list[Trial], failed: set[str], experiments: dict[str, Experiment], columns: Figures
) -> list[dict[str, str]]:
    """Describe the commit and the experiments, best validation first, then those that failed."""
    names = [BASELINE, *(trial.name for trial in trials if trial.name not in failed)]
    names.sort(key=lambda name: -validation_auc(experiments[name]))
    keys = _keys(trials)
    rows = []
    for name in names:
        values = {key: str(experiments[name].params.get(key)) for key in keys}
        figures = {heading: figure(experiments[name]) for heading, figure in columns.items()}
        shown = {heading: "–" if value is None else f"{value:.4f}" for heading, value in figures.items()}
        rows.append({"experiment": name, **values, **shown})
    nothing = dict.fromkeys(columns, "") | {next(iter(columns)): "failed"}
    for trial in trials:
        if trial.name in failed:
            values = dict(override.partition("=")[::2] for override in trial.overrides)
            rows.append({"experiment": trial.name, **{key: values.get(key, "") for key in keys}, **nothing})
    return rows


def _keys(trials: list[Trial]) -> list[str]:
    """Name the parameters of the grid."""
    overrides = [override for trial in trials for override in trial.overrides]
    return list(dict.fromkeys(override.partition("=")[0].lstrip("+~") for override in overrides))


def stacks(keys: list[str], columns: Figures) -> list[list[str]]:
    """Say which headings stand above each other in a narrow terminal: figures by twos."""
    headings = list(columns)
    pairs = [headings[start : start + 2] for start in range(0, len(headings), 2)]
    return [["experiment"], *([key] for key in keys), *pairs]


def sweep(trials: list[Trial], until: str | None) -> set[str]:
    """Run what is not there yet; return the names of those that failed."""
    there, failed = experiments_of_head(), set()
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
    print()
    show(rows_of(trials, failed, experiments_of_head(), columns), stacks(_keys(trials), columns))
    print("\n`dvc exp apply NAME` takes one over, `dvc exp remove NAME` forgets it.")
    if failed:
        sys.exit(1)


if __name__ == "__main__":
    plainly(main)
