"""The experiments of this commit: what each changed and what came of it, the best validation first."""

from typing import Any

from claims.cli.tables import show
from commands import plainly, stop
from recorded_experiments import BASELINE, Figures, experiments_of_head, validation_auc

COLUMNS: Figures = {
    "validation ROC-AUC": validation_auc,
    "test ROC-AUC": lambda made: made.summary.test.roc_auc,
    "test cost": lambda made: made.summary.test.cost_per_claim,
}


def changes(params: dict[str, Any], committed: dict[str, Any]) -> str:
    """Name the parameters that differ from the commit's, as `dvc exp run -S` takes them."""
    return " ".join(f"{name}={value}" for name, value in params.items() if committed.get(name) != value)


def _text(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"


def main() -> None:
    """Print the table."""
    experiments = experiments_of_head()
    if BASELINE not in experiments:
        stop("HEAD", "a commit without results", "Run `make repro` and commit what it changed.")
    committed = experiments[BASELINE].params
    best = sorted(experiments.items(), key=lambda item: -validation_auc(item[1]))
    rows = [
        {"experiment": name, "changes": changes(made.params, committed)}
        | {heading: _text(figure(made)) for heading, figure in COLUMNS.items()}
        for name, made in best
    ]
    show(rows, [["experiment", "changes"], *([heading] for heading in COLUMNS)])
    print("\n`dvc exp apply NAME` takes one over, `dvc plots diff HEAD NAME` draws both.")


if __name__ == "__main__":
    plainly(main)
