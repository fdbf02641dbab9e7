"""Pictures of a scored test window: PNG files that need no network and are the same bytes each time."""

from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from sklearn import metrics

from claims.columns.anomaly_labels import Anomalies
from claims.model.logits import Decision, Scores, Thresholds
from claims.model.measure import Outcome

_STYLE = {
    "figure.figsize": (5, 4),
    "figure.dpi": 110,
    "axes.grid": True,
    "grid.alpha": 0.3,
    "axes.axisbelow": True,
}
_BLUE, _ORANGE, _GREY = "#1f77b4", "#ff7f0e", "#7f7f7f"


def draw_all(folder: Path, curves: dict[str, Scores], outcome: Outcome, thresholds: Thresholds) -> None:
    """Draw every picture.

    Parameters
    ----------
    folder
        Where to; created.
    curves
        Scores of n claims by model; the first is the candidate, the others are baselines.
    outcome
        float32 [n].
    thresholds
        Of the candidate.
    """
    folder.mkdir(parents=True, exist_ok=True)
    scores = next(iter(curves.values()))
    with mpl.rc_context(_STYLE):
        _save(folder / "roc.png", lambda axes: _roc(axes, curves, outcome))
        _save(folder / "precision_recall.png", lambda axes: _precision_recall(axes, curves, outcome))
        _save(folder / "calibration.png", lambda axes: _calibration(axes, scores, outcome))
        _save(folder / "confusion.png", lambda axes: _confusion(axes, scores, outcome, thresholds))
        _save(folder / "scores.png", lambda axes: _distribution(axes, scores, outcome, thresholds))


def draw_anomalies(folder: Path, curves: dict[str, Scores], anomaly: Anomalies) -> None:
    """Draw precision and recall of the second output over the audited claims, where both labels occur.

    Parameters
    ----------
    folder
        Where to; exists.
    curves
        Scores of n claims by model.
    anomaly
        float32 [n], 1 found, 0 clean, NaN not known.
    """
    known = np.isfinite(anomaly)
    found = {name: scores[known] for name, scores in curves.items()}
    if 0 < anomaly[known].sum() < known.sum():
        with mpl.rc_context(_STYLE):
            _save(
                folder / "anomaly_precision_recall.png",
                lambda axes: _precision_recall(axes, found, anomaly[known], "anomalies, audited test claims"),
            )


def _save(path: Path, draw: object) -> None:
    figure, axes = plt.subplots(layout="constrained")
    draw(axes)  # type: ignore[operator]
    figure.savefig(path, metadata={"Software": None})  # matplotlib's version stays out of the bytes
    plt.close(figure)


def _roc(axes: Axes, curves: dict[str, Scores], outcome: Outcome) -> None:
    for name, scores in curves.items():
        false, true, _ = metrics.roc_curve(outcome, scores)
        axes.plot(false, true, label=f"{name} {metrics.auc(false, true):.3f}")
    axes.plot([0, 1], [0, 1], color=_GREY, linestyle=":", label="chance 0.500")
    axes.set(title="ROC, test", xlabel="rejected claims scored as approved", ylabel="approved claims found")
    axes.legend(loc="lower right", title="area under the curve")


def _precision_recall(
    axes: Axes, curves: dict[str, Scores], outcome: Outcome, what: str = "approval, test"
) -> None:
    for name, scores in curves.items():
        precision, recall, _ = metrics.precision_recall_curve(outcome, scores)
        axes.plot(recall, precision, label=f"{name} {metrics.average_precision_score(outcome, scores):.3f}")
    axes.axhline(float(outcome.mean()), color=_GREY, linestyle=":", label=f"chance {outcome.mean():.3f}")
    axes.set(title=f"Precision and recall of {what}", xlabel="recall", ylabel="precision")
    axes.legend(loc="lower left", title="average precision")


def _calibration(axes: Axes, scores: Scores, outcome: Outcome) -> None:
    parts = np.array_split(np.argsort(scores, kind="stable"), 15)
    stated = [float(scores[part].mean()) for part in parts]
    realised = np.array([float(outcome[part].mean()) for part in parts])
    error = 1.96 * np.sqrt(realised * (1 - realised) / [len(part) for part in parts])
    axes.plot([0, 1], [0, 1], color=_GREY, linestyle=":")
    axes.errorbar(stated, realised, yerr=error, fmt="o", color=_BLUE, markersize=4, capsize=2)
    axes.set(title="Calibration, test (15 equal bins, 95 %)", xlabel="ml_score", ylabel="share approved")


def _confusion(axes: Axes, scores: Scores, outcome: Outcome, thresholds: Thresholds) -> None:
    decisions = thresholds.decide(scores)
    columns = (Decision.APPROVED, Decision.REVIEW, Decision.REJECTED)
    counts = np.array(
        [[int(((decisions == c.value) & (outcome == o)).sum()) for c in columns] for o in (1, 0)]
    )
    axes.imshow(counts / counts.sum(axis=1, keepdims=True), cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for (row, column), count in np.ndenumerate(counts):
        share = count / counts[row].sum()
        axes.text(
            column,
            row,
            f"{count:,}\n{share:.1%}",
            ha="center",
            va="center",
            color="white" if share > 0.5 else "black",
        )
    axes.set(title="Outcomes and decisions, test", xlabel="decision", ylabel="outcome")
    axes.set_xticks(range(3), [c.value for c in columns])
    axes.set_yticks(range(2), ["approved", "rejected"])
    axes.grid(visible=False)


def _distribution(axes: Axes, scores: Scores, outcome: Outcome, thresholds: Thresholds) -> None:
    bins = np.linspace(0, 1, 41).tolist()
    axes.hist(
        [scores[outcome == 1], scores[outcome == 0]],
        bins,
        stacked=True,
        color=[_BLUE, _ORANGE],
        label=["approved", "rejected"],
    )
    for place, name in (
        (thresholds.reject, "reject at or below"),
        (thresholds.approve, "approve at or above"),
    ):
        if 0 <= place <= 1:
            axes.axvline(
                place,
                color="black",
                linestyle="--" if "approve" in name else ":",
                label=f"{name} {place:.2f}",
            )
    axes.set(title="Scores, test", xlabel="ml_score", ylabel="claims")
    axes.legend()
