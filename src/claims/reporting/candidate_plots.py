"""Plots of a scored test window: how it is ranked, how true its scores are, and what is decided."""

from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from sklearn import metrics

from claims.base.drawing import BLUE, GREY, ORANGE, STYLE, save_plot
from claims.data.anomaly_labels import Anomalies
from claims.decisions.conformal import PredictionSets
from claims.decisions.logits import Decision, Decisions, Outcome, Scores
from claims.evaluation.intervals import LEVEL, estimate_share
from claims.evaluation.metrics import equal_bins


def draw_candidate(
    folder: Path, curves: dict[str, Scores], outcome: Outcome, decisions: Decisions, sets: PredictionSets
) -> None:
    """Draw ``roc``, ``precision_recall``, ``calibration``, ``confusion`` and ``scores``.

    Parameters
    ----------
    folder
        Where to; created.
    curves
        Scores of n claims by model; the first is the candidate, the others are baselines.
    outcome
        float32 [n].
    decisions
        str [n], of the candidate.
    sets
        Its prediction sets.
    """
    folder.mkdir(parents=True, exist_ok=True)
    scores = next(iter(curves.values()))
    with mpl.rc_context(STYLE):
        save_plot(folder / "roc.png", lambda axes: _roc(axes, curves, outcome))
        save_plot(folder / "precision_recall.png", lambda axes: _precision_recall(axes, curves, outcome))
        save_plot(folder / "calibration.png", lambda axes: _calibration(axes, scores, outcome))
        save_plot(folder / "confusion.png", lambda axes: _confusion(axes, outcome, decisions))
        save_plot(folder / "scores.png", lambda axes: _distribution(axes, scores, outcome, sets))


def draw_anomalies(folder: Path, curves: dict[str, Scores], anomaly: Anomalies) -> None:
    """Draw precision and recall of the anomaly head over the audited claims, where both labels occur.

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
    audited = {name: scores[known] for name, scores in curves.items()}
    if 0 < anomaly[known].sum() < known.sum():
        with mpl.rc_context(STYLE):
            save_plot(
                folder / "anomaly_precision_recall.png",
                lambda axes: _precision_recall(
                    axes, audited, anomaly[known], "anomalies, audited test claims"
                ),
            )


def _roc(axes: Axes, curves: dict[str, Scores], outcome: Outcome) -> None:
    for name, scores in curves.items():
        false, true, _ = metrics.roc_curve(outcome, scores)
        axes.plot(false, true, label=f"{name} {metrics.auc(false, true):.3f}")
    axes.plot([0, 1], [0, 1], color=GREY, linestyle=":", label="chance 0.500")
    axes.set(title="ROC, test", xlabel="rejected claims scored as approved", ylabel="approved claims found")
    axes.legend(loc="lower right", title="area under the curve")


def _precision_recall(
    axes: Axes, curves: dict[str, Scores], outcome: Outcome, what: str = "approval, test"
) -> None:
    for name, scores in curves.items():
        precision, recall, _ = metrics.precision_recall_curve(outcome, scores)
        axes.plot(recall, precision, label=f"{name} {metrics.average_precision_score(outcome, scores):.3f}")
    axes.axhline(float(outcome.mean()), color=GREY, linestyle=":", label=f"chance {outcome.mean():.3f}")
    axes.set(title=f"Precision and recall of {what}", xlabel="recall", ylabel="precision")
    axes.legend(loc="lower left", title="average precision")


def _calibration(axes: Axes, scores: Scores, outcome: Outcome) -> None:
    bins = equal_bins(scores)
    stated = [float(scores[part].mean()) for part in bins]
    shares = [estimate_share(int(outcome[part].sum()), len(part)) for part in bins]
    realised, low, high = np.array(shares).T
    axes.plot([0, 1], [0, 1], color=GREY, linestyle=":")
    axes.errorbar(
        stated, realised, yerr=(realised - low, high - realised), fmt="o", color=BLUE, markersize=4, capsize=2
    )
    title = f"Calibration, test ({len(bins)} equal bins, {LEVEL:.0%})"
    axes.set(title=title, xlabel="ml_score", ylabel="share approved")


def _confusion(axes: Axes, outcome: Outcome, decisions: Decisions) -> None:
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


def _distribution(axes: Axes, scores: Scores, outcome: Outcome, sets: PredictionSets) -> None:
    bins = np.linspace(0, 1, 41).tolist()
    axes.hist(
        [scores[outcome == 1], scores[outcome == 0]],
        bins,
        stacked=True,
        color=[BLUE, ORANGE],
        label=["approved", "rejected"],
    )
    axes.axvline(
        sets.approved_from,
        color="black",
        linestyle="--",
        label=f"may be approved from {sets.approved_from:.2f}",
    )
    axes.axvline(
        sets.rejected_to, color="black", linestyle=":", label=f"may be rejected up to {sets.rejected_to:.2f}"
    )
    axes.set(title="Scores, test", xlabel="ml_score", ylabel="claims")
    axes.legend()
