"""How good the shipped model is beside the best gradient boosting: one table, several seeds, side by side.

`python benchmarks/quality.py` runs what has not run yet and writes docs/quality.md; `--smoke` is a run of
minutes on few claims that prints it. TSA tasks need TSA_CSV in the environment.
"""

import claims.pipeline  # noqa: F401 - settings that decide bytes, before TensorFlow

# isort: split

import argparse
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from scipy.special import expit
from sklearn.metrics import log_loss, roc_auc_score

from boosters import BOOSTERS, Booster, Matrices
from claims.base.files import write_whole
from climbing import Choice, climb
from contenders import Contender, boosted, distilled, logistic, network
from extras import demand
from kept import Arrays, Kept, code_of, key_of, open_tasks
from quality_report import Results, render
from tasks import ROOT, TASKS

PAGE = ROOT / "docs" / "quality.md"
CONTENDERS: dict[str, Contender] = {
    "logistic": logistic,
    **{name: boosted(kind) for name, kind in BOOSTERS.items()},
    "network": network,
    "distilled": distilled,
}
# What the result of a contender depends on
_TREES: tuple[str, ...] = (
    "contenders",
    "claims.training.baselines",
    "claims.training.boosting",
    "claims.decisions.fit",
)
_NETWORK: tuple[str, ...] = (
    *_TREES,
    "claims.training.families",
    "claims.training.saved_model",
    "claims.quantization.conversion",
    "claims.quantization.representative",
    "claims.model.interpreter",
)


def choose(kept: Kept, booster: Booster, seed: int) -> dict[str, Any]:
    """The settings that validate best, with their rounds, validation metrics and every trial."""
    data, outcome = Matrices(kept.task), kept.task.rows["validation"].outcome
    trials: list[dict[str, Any]] = []
    started = time.perf_counter()

    def loss_of(settings: Choice) -> float:
        rounds, predict = booster.select(data, settings, seed)
        scores = expit(predict(data.validation))
        loss, auc = float(log_loss(outcome, scores)), float(roc_auc_score(outcome, scores))
        trials.append({"settings": settings, "rounds": rounds, "loss": loss, "auc": auc})
        return loss

    chosen = climb(booster.ladders, loss_of)
    best = next(trial for trial in trials if trial["settings"] == chosen)
    return best | {"seconds": time.perf_counter() - started, "trials": trials}


def scores_of(kept: Kept, contender: str, choice: Choice, seed: int) -> Arrays:
    """Calibrated test scores by name of the model, and the seconds it took."""
    params = kept.params

    def make() -> Arrays:
        started = time.perf_counter()
        scores = CONTENDERS[contender](kept.task, params, seed, choice)
        return {**scores, "seconds": np.array(time.perf_counter() - started)}

    code, settings = _TREES, repr(choice.get("settings"))
    if contender in ("network", "distilled"):
        code, settings = _NETWORK, repr((params.boosting, params.distill, params.train, params.quantize))
    return kept.arrays(f"{contender}-{seed}", key_of(code_of(*code), settings), make)


def compare(kept: Kept, contenders: list[str], seeds: list[int], console: Console) -> Results:
    """Scores of every model by seed, with the outcomes: what the report is made of."""
    scores: dict[str, list[NDArray[np.float64]]] = {}
    seconds: dict[str, list[float]] = {}
    choices: dict[str, dict[str, Any]] = {}
    for contender in contenders:
        if contender in BOOSTERS:
            choices[contender] = _chosen(kept, contender, seeds[0])
        for seed in seeds:
            by_model = scores_of(kept, contender, choices.get(contender, {}), seed)
            seconds.setdefault(contender, []).append(float(by_model.pop("seconds")))
            for name, values in by_model.items():
                scores.setdefault(name, []).append(values)
            console.print(f"{kept.name}: {contender}, seed {seed}, {seconds[contender][-1]:.0f} s")
    stacked = {name: np.stack(values) for name, values in scores.items()}
    outcome = kept.task.rows["test"].outcome
    return Results(kept.name, outcome, stacked, kept.task.reachable, seconds, choices)


def _chosen(kept: Kept, contender: str, seed: int) -> dict[str, Any]:
    key = key_of(code_of("boosters", "claims.training.boosting"))
    return kept.document(contender, key, lambda: choose(kept, BOOSTERS[contender], seed))


def main() -> None:
    """Run, and write the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=5, help="how often each model is trained")
    parser.add_argument("--tasks", nargs="+", default=list(TASKS), choices=list(TASKS), metavar="TASK")
    parser.add_argument("--contenders", nargs="+", default=list(CONTENDERS), choices=list(CONTENDERS))
    parser.add_argument("--smoke", action="store_true", help="3,000 demo claims, one seed; prints the page")
    given = parser.parse_args()
    demand("peers", (BOOSTERS[name].package for name in given.contenders if name in BOOSTERS))
    if given.smoke:
        given.tasks, given.seeds = ["demo"], 1
    console, seeds = Console(stderr=True), list(range(1, given.seeds + 1))
    tasks = open_tasks(given.tasks, smoke=given.smoke)
    page = render([compare(kept, given.contenders, seeds, console) for kept in tasks], given.seeds)
    if given.smoke:
        print(page)
    else:
        write_whole(PAGE, page)
        print(f"{PAGE.relative_to(ROOT)} is written")


if __name__ == "__main__":
    main()
