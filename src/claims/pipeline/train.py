"""train: a family of models, selected on validation and trained again on train + validation."""

import numpy as np

from claims.base.stage import In, Out, run, write_json
from claims.config.params import Params, load_params
from claims.config.winner import read_winner, with_winner
from claims.features.extractor import FeatureExtractor
from claims.features.matrices import Labelled, read_labelled
from claims.training.anomaly_head import SecondOutput, add_anomaly
from claims.training.candidate import TREES, Recipe, save_candidate
from claims.training.families import FAMILIES, Trained
from claims.training.network import Shape, make_deterministic


def train(features: In, tuned: In, candidate: Out, history: Out, metrics: Out) -> None:
    """Write the candidate (network, trees, validation logits) and the course of its training.

    A network scores anomalies too where the contract names such an outcome; trees alone do not.
    """
    params = with_winner(load_params(), read_winner(tuned))
    make_deterministic(params.seed)
    extractor = FeatureExtractor.read(features / "encoder.json")
    rows, held_out = read_labelled(features / "train.parquet"), read_labelled(features / "validation.parquet")
    family = FAMILIES[params.model.family]
    found = family(extractor, params, (rows.inputs, rows.outcome), (held_out.inputs, held_out.outcome))
    second = _score_anomalies(found, params, rows, held_out)
    candidate.mkdir()
    if found.network is not None:
        shape = Shape.of(extractor, params.train, anomaly=second is not None)
        network = found.network if second is None else second.model
        save_candidate(candidate, network, Recipe(shape=shape, epochs=found.best, refit=params.train.refit))
    if found.trees is not None:
        found.trees.save(candidate / TREES)
    np.save(candidate / "validation_logits.npy", found.validation_logits)
    if second is not None:
        np.save(candidate / "validation_anomaly_logits.npy", second.validation_logits)
    _write_history(history, found.history)
    best = {name: values[found.best - 1] for name, values in found.history.items()}
    facts = found.facts if second is None else found.facts | {"anomaly_epochs": second.epochs}
    unused = set() if second else {"anomaly_width", "anomaly_epochs"}
    settings = {"train": params.train.model_dump(exclude=unused), "boosting": params.boosting.model_dump()}
    summary = {"family": params.model.family, "best": found.best, **best, **facts}
    write_json(metrics, summary | {"settings": settings})
    print(f"train: {params.model.family}, best epoch {found.best}, validation loss {best['val_loss']:.4f}")


def _score_anomalies(
    found: Trained, params: Params, rows: Labelled, held_out: Labelled
) -> SecondOutput | None:
    """The network with a second output; None for trees alone, and where no audit says anything."""
    if found.selected is None or found.network is None or rows.anomaly is None:
        return None
    return add_anomaly(found.selected, found.network, params.train, params.seed, rows, held_out)


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
