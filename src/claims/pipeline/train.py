"""train: the network, selected on validation and trained again on train + validation."""

import numpy as np

from claims.config import load_params
from claims.features.extractor import FeatureExtractor
from claims.features.matrices import concatenate, read_labelled
from claims.model.anomaly_training import add_anomaly
from claims.model.candidate import Recipe, save_candidate
from claims.model.network import Shape, make_deterministic
from claims.model.training import refit, select
from claims.pipeline.stage import In, Out, run, write_json


def train(features: In, candidate: Out, history: Out, metrics: Out) -> None:
    """Write the candidate (weights, shape, SavedModel, validation logits) and the course of training."""
    params = load_params()
    make_deterministic(params.seed)
    extractor = FeatureExtractor.read(features / "encoder.json")
    rows, held_out = read_labelled(features / "train.parquet"), read_labelled(features / "validation.parquet")
    settings = params.train
    selected = select(
        extractor, settings, params.seed, (rows.inputs, rows.outcome), (held_out.inputs, held_out.outcome)
    )
    model = selected.model
    if settings.refit:
        print(f"train: again on train + validation for {selected.epochs} epochs")
        model = refit(extractor, settings, params.seed, concatenate(rows, held_out), selected.epochs)
    second = None
    if rows.anomaly is not None:
        second = add_anomaly(selected.model, model, settings, params.seed, rows, held_out)
        model = second.model
    shape = Shape.of(extractor, settings, anomaly=second is not None)
    save_candidate(candidate, model, Recipe(shape=shape, epochs=selected.epochs, refit=settings.refit))
    np.save(candidate / "validation_logits.npy", selected.validation_logits)
    if second is not None:
        np.save(candidate / "validation_anomaly_logits.npy", second.validation_logits)
    _write_history(history, selected.history)
    best = {name: values[selected.epochs - 1] for name, values in selected.history.items()}
    counts = {"epochs": selected.epochs, "parameters": int(model.count_params())}
    write_json(metrics, counts | best | ({"anomaly_epochs": second.epochs} if second else {}))
    print(f"train: best epoch {selected.epochs}, validation ROC-AUC {best['val_auc']:.4f}")


def _write_history(path: Out, history: dict[str, list[float]]) -> None:
    """One line an epoch, for `dvc plots`."""
    names = sorted(history)
    rows = zip(*(history[name] for name in names), strict=True)
    lines = [
        ",".join(("epoch", *names)),
        *(",".join(map(str, (epoch, *row))) for epoch, row in enumerate(rows, 1)),
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    run(train)
