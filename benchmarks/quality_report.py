"""The page of `benchmarks/quality.py`: means over seeds, and paired intervals between models."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, log_loss, roc_auc_score

from claims.evaluation.bootstrap import rank_resampled, rank_weighted
from claims.evaluation.metrics import calibration_error

BOOSTING = ("LightGBM", "CatBoost", "XGBoost")
SHIPPED = "int8"
REFERENCES = {"TSA 2008": 0.7285, "TSA 2010": 0.7195, "TSA 2014": 0.7191, "TSA 2015": 0.6991}
AIMS = {  # the most that int8 may lie below the best boosting: ROC-AUC, average precision
    "TSA 2008": (0.008, 0.04),
    "TSA 2010": (0.003, 0.008),
    "TSA 2014": (0.003, 0.008),
    "TSA 2015": (0.003, 0.008),
    "demo": (0.003, 0.008),
    "demo, one policy": (0.003, 0.008),
}
_METRICS = {
    "ROC-AUC": roc_auc_score,
    "average precision": average_precision_score,
    "log-loss": log_loss,
    "calibration error": lambda outcome, scores: calibration_error(scores, outcome),
}


@dataclass(frozen=True)
class Results:
    """What was found on one task.

    Attributes
    ----------
    task
        Its name.
    outcome
        float32 [n] of the test claims.
    scores
        float64 [seeds, n] by model.
    reachable
        float64 [n], true probabilities where they are known.
    seconds
        Of each seed's training, by contender.
    choices
        Of boosting: settings chosen on validation, what they reached there, and what was tried.
    """

    task: str
    outcome: NDArray[np.float32]
    scores: dict[str, NDArray[np.float64]]
    reachable: NDArray[np.float64] | None
    seconds: dict[str, list[float]]
    choices: dict[str, dict[str, Any]]

    def metric(self, model: str, name: str) -> NDArray[np.float64]:
        """One metric by seed: float64 [seeds]."""
        return np.array([_METRICS[name](self.outcome, row) for row in self.scores[model]])

    @property
    def best_boosting(self) -> str:
        """The single boosting model with the highest mean ROC-AUC: the mark to reach, by its own test."""
        return max((name for name in BOOSTING if name in self.scores), key=self._mean_auc)

    def _mean_auc(self, model: str) -> float:
        return float(self.metric(model, "ROC-AUC").mean())


def render(results: list[Results], seeds: int) -> str:
    """The whole page."""
    spent = [sum(map(sum, result.seconds.values())) for result in results]
    spent += [choice["seconds"] for result in results for choice in result.choices.values()]
    hours = sum(spent) / 3600
    head = [
        "# Quality beside gradient boosting",
        "",
        "Written by `python benchmarks/quality.py`. " + _HOW.format(seeds=seeds, hours=hours),
        "",
    ]
    return "\n".join([*head, _summary(results), *(_section(result) for result in results)]) + "\n"


_HOW = (
    "Every model reads the same features of the same claims. Boosting's settings are searched on validation, "
    "the network's are the start values of `tune.space` on every task; calibration is fitted on the "
    "calibration window, and test claims are scored once: mean ± standard deviation over {seeds} seeds. All "
    "searches and models took {hours:.1f} hours on 2 cores. Seconds are of wall time: upper bounds, and no "
    "ratios between models, where other work ran beside them. Intervals are paired: 1,000 resamples of the "
    "test claims, the same for both models, the metric averaged over seeds."
)
_HEADINGS = (
    "task",
    "int8 ROC-AUC",
    "best boosting",
    "difference (95 %)",
    "aim",
    "average precision: difference (95 %)",
    "aim",
)


def _summary(results: list[Results]) -> str:
    lines = [f"| {' | '.join(_HEADINGS)} |", "|---" * len(_HEADINGS) + "|"]
    for result in results:
        if SHIPPED not in result.scores or not any(name in result.scores for name in BOOSTING):
            continue
        best = result.best_boosting
        auc, precision = paired(result, SHIPPED, best)
        aim_auc, aim_precision = AIMS[result.task]
        cells = [
            result.task,
            _spread(result.metric(SHIPPED, "ROC-AUC")),
            f"{best} {_spread(result.metric(best, 'ROC-AUC'))}",
            f"{_interval(auc)} {_word(auc)}",
            f"≥ −{aim_auc}: {'met' if auc[0] >= -aim_auc else 'not met'}",
            f"{_interval(precision)} {_word(precision)}",
            f"≥ −{aim_precision}: {'met' if precision[0] >= -aim_precision else 'not met'}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _section(result: Results) -> str:
    lines = [
        "",
        f"## {result.task}",
        "",
        f"{len(result.outcome):,} test claims, {result.outcome.mean():.1%} approved.",
    ]
    if result.task in REFERENCES and SHIPPED in result.scores:
        lines.append(_passed(result))
    lines += ["", f"| model | {' | '.join(_METRICS)} | seconds a seed |", "|---" * (len(_METRICS) + 2) + "|"]
    for model in result.scores:
        spread = " | ".join(_spread(result.metric(model, name)) for name in _METRICS)
        seconds = result.seconds.get(model, result.seconds.get("distilled", [0.0]))
        lines.append(f"| {model} | {spread} | {np.mean(seconds):.0f} |")
    if result.reachable is not None:
        lines += [f"| best reachable | {_reachable(result)} | |", "", _share_reached(result)]
    return "\n".join([*lines, *_choices(result)])


def _passed(result: Results) -> str:
    reference, reached = REFERENCES[result.task], result.metric(SHIPPED, "ROC-AUC").mean()
    word = "passed" if reached > reference else f"not passed: {reached - reference:+.4f}"
    return f"Reference of an earlier study with features of its own: ROC-AUC {reference}, {word}."


def _choices(result: Results) -> list[str]:
    """Which settings of boosting were chosen, on validation."""
    if not result.choices:
        return []
    headings = ("chosen on validation", "settings", "trials", "ROC-AUC there", "log-loss there")
    lines = ["", f"| {' | '.join(headings)} |", "|---" * len(headings) + "|"]
    for name, choice in result.choices.items():
        settings = ", ".join(f"`{key}` {value:g}" for key, value in choice["settings"].items())
        reached = f"{choice['auc']:.4f} | {choice['loss']:.4f}"
        lines.append(f"| {name} | {settings} | {len(choice['trials'])} | {reached} |")
    return lines


def _reachable(result: Results) -> str:
    return " | ".join(f"{metric(result.outcome, result.reachable):.4f}" for metric in _METRICS.values())


def _share_reached(result: Results) -> str:
    best = roc_auc_score(result.outcome, result.reachable)
    reached = {n: (result.metric(n, "ROC-AUC").mean() - 0.5) / (best - 0.5) for n in result.scores}
    shares = [f"{model} {share:.1%}" for model, share in reached.items()]
    return f"Of the way from the majority baseline to the best reachable ROC-AUC: {', '.join(shares)}."


def paired(result: Results, one: str, other: str) -> list[tuple[float, float, float]]:
    """Difference of two models in ROC-AUC and average precision, each with its 95 % interval."""
    gap = _ranked(result, one) - _ranked(result, other)  # [2, 1 + resamples]
    return [(row[0], *np.quantile(row[1:], (0.025, 0.975))) for row in gap]


def _ranked(result: Results, model: str) -> NDArray[np.float64]:
    """Mean over seeds of ROC-AUC and average precision, of all claims and then of each resample."""
    outcome, each = result.outcome, np.ones((1, len(result.outcome)), dtype=np.float32)
    rankings = [
        np.hstack((rank_weighted(row, outcome, each), rank_resampled(row, outcome, seed=0)))
        for row in result.scores[model]
    ]
    return np.asarray(np.mean(rankings, axis=0))


def _spread(values: NDArray[np.float64]) -> str:
    deviation = values.std(ddof=1) if len(values) > 1 else 0.0
    return f"{values.mean():.4f} ± {deviation:.4f}"


def _interval(gap: tuple[float, float, float]) -> str:
    return f"{gap[0]:+.4f} ({gap[1]:+.4f} to {gap[2]:+.4f})"


def _word(gap: tuple[float, float, float]) -> str:
    """What may be said: ahead or behind only where the interval excludes 0."""
    if gap[1] > 0:
        return "ahead"
    return "behind" if gap[2] < 0 else "level"
