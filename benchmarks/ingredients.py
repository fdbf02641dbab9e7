"""Which ingredients of tabular networks help: one change each to the network that ships, over several seeds.

`python benchmarks/ingredients.py` runs what has not run yet and writes docs/ingredients.md; `--smoke` is a
run of minutes that prints it. Everything is judged on validation claims; test claims are never read.
"""

import claims.pipeline  # noqa: F401 - settings that decide bytes, before TensorFlow

# isort: split

import argparse
from dataclasses import dataclass
from functools import cached_property

import keras
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from scipy.special import expit, logit
from sklearn.metrics import log_loss, roc_auc_score

from claims.base.files import write_whole
from claims.decisions.fit_calibration import fit_calibration
from claims.features.extractor import ModelInputs
from claims.training.boosting import TreeDesign, select_rounds
from claims.training.distillation import distil
from claims.training.network import make_deterministic
from kept import Kept, code_of, key_of, open_tasks
from recipes import LOSS, RECIPES, SHIPPED, compiled
from tasks import ROOT

PAGE = ROOT / "docs" / "ingredients.md"
TASKS = ("demo", "TSA 2010", "TSA 2014")
LESSONS = {"outcomes": "dnn", "the trees' scores": "distilled"}
_CODE = code_of(
    "ingredients", "claims.training.network", "claims.training.distillation", "claims.decisions.fit"
)
Lesson = tuple[ModelInputs, NDArray[np.float32]]


@dataclass(frozen=True)
class Bench:
    """One task, on which networks learn from outcomes or from the trees' scores."""

    kept: Kept

    @cached_property
    def lessons(self) -> dict[str, Lesson]:
        """What is learned from: the trees' scores are made once, and are the same for every network."""
        task, params = self.kept.task, self.kept.params
        train, validation = (
            (task.rows[name].inputs, task.rows[name].outcome) for name in ("train", "validation")
        )
        design = TreeDesign(task.extractor)
        rounds = select_rounds(design, params.boosting, params.seed, train, validation)[0].rounds
        taught = distil(task.extractor, params.boosting, params.distill, params.seed, train, rounds)[1]
        return dict(zip(LESSONS, (train, taught), strict=True))

    def measure(self, lesson: str, ingredient: str, seed: int) -> dict[str, float]:
        """Validation metrics of one network; trained once."""
        params = self.kept.params
        name = f"{LESSONS[lesson]}-{list(RECIPES).index(ingredient)}-{seed}"
        key = key_of(_CODE, RECIPES[ingredient], params.train, params.boosting, params.distill)
        return self.kept.document(name, key, lambda: self._train(lesson, ingredient, seed))

    def _train(self, lesson: str, ingredient: str, seed: int) -> dict[str, float]:
        keras.backend.clear_session()
        make_deterministic(seed)
        settings, held_out = self.kept.params.train, self.kept.task.rows["validation"]
        inputs, target = self.lessons[lesson]
        model, columns = compiled(RECIPES[ingredient], self.kept.task.extractor, settings, len(inputs))
        stop = keras.callbacks.EarlyStopping(
            LOSS, mode="min", patience=settings.patience, restore_best_weights=True
        )
        model.fit(
            columns.fed(inputs),
            _each(target, model),
            validation_data=(columns.fed(held_out.inputs), _each(held_out.outcome, model)),
            epochs=settings.max_epochs,
            batch_size=settings.batch_size,
            callbacks=[stop],
            verbose=0,
        )
        logits = model.predict(columns.fed(held_out.inputs), batch_size=4096, verbose=0)
        joint = logit(expit(logits.astype(np.float64)).mean(axis=1))  # of all members
        scores = fit_calibration(joint, held_out.outcome).scores(joint)
        return {
            "auc": float(roc_auc_score(held_out.outcome, joint)),
            "loss": float(log_loss(held_out.outcome, scores)),
            "epochs": stop.best_epoch + 1,
        }


def _each(target: NDArray[np.float32], model: keras.Model) -> NDArray[np.float32]:
    """The same target for every member: float32 [n, members]."""
    return np.repeat(target.reshape(-1, 1), model.output_shape[1], axis=1)


Measured = dict[str, dict[str, dict[str, list[dict[str, float]]]]]  # lesson, task, ingredient → one a seed


def render(measured: Measured, seeds: int) -> str:
    """The whole page."""
    lines = ["# Ingredients of the network", "", _HOW.format(seeds=seeds)]
    for lesson, tasks in measured.items():
        lines += ["", f"## Learned from {lesson}", "", *_table(tasks)]
    return "\n".join(lines) + "\n"


_HOW = (
    "Written by `python benchmarks/ingredients.py`. Each row is the network that ships with one change, "
    "trained on training claims alone and stopped by its validation loss: ROC-AUC on validation of the first "
    "row, and the difference of every other from it, mean ± standard error over {seeds} seeds, paired by "
    "seed. Log-loss is what Platt scaling on the same claims leaves. **Bold** differences exceed two "
    "standard errors. Test claims are not read. The trees' scores come from one teacher a task."
)


def _table(tasks: dict[str, dict[str, list[dict[str, float]]]]) -> list[str]:
    heads = [f"{task}: {metric}" for task in tasks for metric in ("ROC-AUC", "log-loss")]
    lines = [f"| network | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
    for ingredient in next(iter(tasks.values())):
        cells = [
            _cell(rows[ingredient], rows[SHIPPED], metric, plain=ingredient == SHIPPED)
            for rows in tasks.values()
            for metric in ("auc", "loss")
        ]
        lines.append(f"| {ingredient} | {' | '.join(cells)} |")
    return lines


def _cell(these: list[dict[str, float]], base: list[dict[str, float]], metric: str, *, plain: bool) -> str:
    values = np.array([row[metric] for row in these])
    if plain:
        return f"{values.mean():.4f}"
    gap = values - [row[metric] for row in base]
    if len(gap) == 1:
        return f"{gap[0]:+.4f}"
    error = gap.std(ddof=1) / np.sqrt(len(gap))
    text = f"{gap.mean():+.4f} ± {error:.4f}"
    return f"**{text}**" if abs(gap.mean()) > 2 * error else text


def main() -> None:
    """Run, and write the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=5, help="how often each network is trained")
    parser.add_argument("--tasks", nargs="+", default=list(TASKS), choices=TASKS, metavar="TASK")
    parser.add_argument("--ingredients", nargs="+", default=list(RECIPES), choices=RECIPES, metavar="NAME")
    parser.add_argument("--smoke", action="store_true", help="3,000 demo claims, one seed; prints the page")
    given = parser.parse_args()
    if given.smoke:
        given.tasks, given.seeds = ["demo"], 1
    benches = [Bench(kept) for kept in open_tasks(given.tasks, smoke=given.smoke)]
    ingredients = [name for name in RECIPES if name in {SHIPPED, *given.ingredients}]
    page = render(measure(benches, ingredients, given.seeds), given.seeds)
    if given.smoke:
        print(page)
    else:
        write_whole(PAGE, page)
        print(f"{PAGE.relative_to(ROOT)} is written")


def measure(benches: list[Bench], ingredients: list[str], seeds: int) -> Measured:
    """Measure every network of every task, with a line of progress each."""
    console = Console(stderr=True)
    measured: Measured = {lesson: {bench.kept.name: {} for bench in benches} for lesson in LESSONS}
    for bench in benches:
        for lesson in LESSONS:
            for ingredient in ingredients:
                rows = [bench.measure(lesson, ingredient, seed) for seed in range(1, seeds + 1)]
                measured[lesson][bench.kept.name][ingredient] = rows
                auc = np.mean([row["auc"] for row in rows])
                console.print(f"{bench.kept.name}, {lesson}: {ingredient}, ROC-AUC {auc:.4f}")
    return measured


if __name__ == "__main__":
    main()
