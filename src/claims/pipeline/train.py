"""train: the network, selected on validation and trained again on train + validation."""

import numpy as np

from claims.config import Train, load_params
from claims.features.extractor import FeatureExtractor
from claims.features.matrices import concatenate, read_labelled
from claims.model.candidate import Recipe, save_candidate
from claims.model.network import Shape, make_deterministic
from claims.model.training import refit, select
from claims.pipeline.stage import In, Out, run, write_json
from claims.tuning.winner import read_winner, resolve


def train(features: In, tuned: In, candidate: Out, history: Out, metrics: Out) -> None:
    """Write the candidate (weights, shape, SavedModel, validation logits) and the course of training."""
    params = load_params()
    make_deterministic(params.seed)
    extractor = FeatureExtractor.read(features / "encoder.json")
    rows, held_out = read_labelled(features / "train.parquet"), read_labelled(features / "validation.parquet")
    settings = resolve("train", params.train, "network", read_winner(tuned), Train)
    selected = select(
        extractor, settings, params.seed, (rows.inputs, rows.outcome), (held_out.inputs, held_out.outcome)
    )
    model = selected.model
    if settings.refit:
        print(f"train: again on train + validation for {selected.epochs} epochs")
        model = refit(extractor, settings, params.seed, concatenate(rows, held_out), selected.epochs)
    recipe = Recipe(shape=Shape.of(extractor, settings), epochs=selected.epochs, refit=settings.refit)
    save_candidate(candidate, model, recipe)
    np.save(candidate / "validation_logits.npy", selected.validation_logits)
    _write_history(history, selected.history)
    best = {name: values[selected.epochs - 1] for name, values in selected.history.items()}
    summary = {"epochs": selected.epochs, "parameters": int(model.count_params()), **best}
    write_json(metrics, summary | {"settings": settings.model_dump()})
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
