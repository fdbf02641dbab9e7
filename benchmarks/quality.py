"""How good the shipped model is beside the best gradient boosting: one table, several seeds, side by side.

`python benchmarks/quality.py` runs what has not run yet and writes docs/quality.md; `--smoke` is a run of
minutes on few claims that writes nothing. Every result lies in .cache/quality under a key of its inputs:
stop it at any moment, start it again, and it goes on; change a feature, a parameter or the code, and
only what that concerns is run again. TSA tasks need TSA_CSV in the environment.
"""

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from claims.config import Params, load_params
from claims.model.logits import Scores
from claims.tuning.winner import at_start
from contenders import CatBoost, Choice, LightGBM, XGBoost, boosted, distilled, logistic, network, tune
from quality_report import Results, render
from tasks import ROOT, TASKS, TSA, Task, prepare

CACHE, PAGE = ROOT / ".cache" / "quality", ROOT / "docs" / "quality.md"
BOOSTING = {kind.name: kind for kind in (LightGBM(), CatBoost(), XGBoost())}
CONTENDERS: dict[str, Callable[[Task, Params, int, Choice], dict[str, Scores]]] = {
    "logistic": logistic,
    **{name: boosted(kind) for name, kind in BOOSTING.items()},
    "network": network,
    "distilled": distilled,
}
SMOKE = {"simulate.rows": 3000, "boosting.max_rounds": 40, "train.max_epochs": 2, "distill.copies": 1}
_MODEL = ("network", "training", "families", "distillation", "boosting", "conversion", "saved_model")


@dataclass(frozen=True)
class Run:
    """One task with its folder and parameters."""

    name: str
    folder: Path
    task: Task
    params: Params

    @classmethod
    def of(cls, name: str, cache: Path, overrides: dict[str, object]) -> "Run":
        """Make its claims ready."""
        features = hashlib.sha256()
        for part in ("contracts", "src/claims/contract", "src/claims/features", "src/claims/simulator"):
            for file in sorted((ROOT / part).rglob("*.[py]*")):
                features.update(file.read_bytes() if file.suffix in (".py", ".yaml") else b"")
        key = hashlib.sha256(features.digest() + repr((TASKS[name], overrides)).encode()).hexdigest()[:12]
        folder = cache / f"{name.replace(' ', '-').replace(',', '')}-{key}"
        task = prepare(name, folder, overrides)
        return cls(name, folder, task, at_start(load_params(folder / "params.yaml")))

    def choice(self, contender: str, seed: int) -> Choice:
        """The settings that validate best; searched once."""
        if contender not in BOOSTING:
            return {}
        file = self.folder / f"{contender}-choice.json"
        if not file.exists():
            trials = [
                {"settings": settings, "rounds": rounds, "loss": loss}
                for settings, rounds, loss in tune(BOOSTING[contender], self.task, seed)
            ]
            best = min(trials, key=lambda trial: trial["loss"])
            write(file, json.dumps(best | {"trials": trials}, indent=1))
        return dict(json.loads(file.read_text(encoding="utf-8")))

    def scores(self, contender: str, seed: int) -> dict[str, Scores]:
        """Calibrated scores of the test claims by name of the model; computed once."""
        file = self.folder / f"{contender}-{seed}-{self._key(contender)}.npz"
        if not file.exists():
            started = time.perf_counter()
            found = CONTENDERS[contender](self.task, self.params, seed, self.choice(contender, seed))
            partial = file.with_suffix(".partial.npz")
            np.savez(partial, seconds=np.array(time.perf_counter() - started), **found)
            partial.replace(file)
        with np.load(file) as kept:
            return {name: kept[name] for name in kept.files}

    def _key(self, contender: str) -> str:
        """Changes with the code and the parameters that decide a contender's scores."""
        code = [ROOT / "benchmarks" / "contenders.py"]
        sections = ""
        if contender in ("network", "distilled"):
            code += [ROOT / "src" / "claims" / "model" / f"{module}.py" for module in _MODEL]
            params = self.params
            sections = repr((params.boosting, params.distill, params.train, params.quantize))
        digest = hashlib.sha256(sections.encode())
        for file in code:
            digest.update(file.read_bytes())
        return digest.hexdigest()[:12]


def write(path: Path, text: str) -> None:
    """Write a whole file or none."""
    partial = path.with_suffix(".partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def runs(names: list[str], cache: Path, overrides: dict[str, object]) -> Iterator[Run]:
    """The tasks that can run here."""
    for name in names:
        if name.startswith("TSA") and not TSA.exists():
            print(f"{name}: left out, no file {TSA}; set TSA_CSV", file=sys.stderr)
            continue
        yield Run.of(name, cache, overrides)


def compare(run: Run, contenders: list[str], seeds: list[int], console: Console) -> Results:
    """Scores of every model by seed, with the outcomes: what the report is made of."""
    found: dict[str, list[NDArray[np.float64]]] = {}
    seconds: dict[str, list[float]] = {}
    for contender in contenders:
        for seed in seeds:
            scores = run.scores(contender, seed)
            seconds.setdefault(contender, []).append(float(scores.pop("seconds")))
            for name, values in scores.items():
                found.setdefault(name, []).append(values)
            console.print(f"{run.name}: {contender}, seed {seed}, {seconds[contender][-1]:.0f} s")
    return Results(
        task=run.name,
        outcome=run.task.rows["test"].outcome,
        scores={name: np.stack(values) for name, values in found.items()},
        reachable=run.task.reachable,
        seconds=seconds,
        choices={name: run.choice(name, seeds[0])["settings"] for name in contenders if name in BOOSTING},
    )


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
    console = Console(stderr=True)
    if given.smoke:
        given.tasks, given.seeds = ["demo"], 1
    cache, overrides = (CACHE / "smoke", SMOKE) if given.smoke else (CACHE, {})
    seeds = list(range(1, given.seeds + 1))
    ready = runs(given.tasks, cache, dict(overrides))
    found = [compare(run, given.contenders, seeds, console) for run in ready]
    page = render(found, given.seeds)
    if given.smoke:
        print(page)
    else:
        write(PAGE, page)
        print(f"{PAGE.relative_to(ROOT)} is written")


if __name__ == "__main__":
    main()
