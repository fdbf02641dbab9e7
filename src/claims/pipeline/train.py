"""train: a family of models, selected on validation and trained again on train + validation."""

from claims.base.stage import In, Out, run
from claims.config.params import load_params
from claims.config.winner import read_winner, with_winner
from claims.features.extractor import FeatureExtractor
from claims.features.matrices import read_labelled
from claims.results.files import write_metrics
from claims.training.anomaly_head import train_anomaly_head
from claims.training.families import FAMILIES
from claims.training.network import make_deterministic
from claims.training.trained import describe_training, history_table, save_trained


def train(features: In, tuned: In, candidate: Out, history: Out, metrics: Out) -> None:
    """Write the candidate (network, trees, validation logits) and the course of its training.

    A network scores anomalies too where the contract names such an outcome; trees alone do not.
    """
    params = with_winner(load_params(), read_winner(tuned))
    make_deterministic(params.seed)
    extractor = FeatureExtractor.read(features / "encoder.json")
    rows, held_out = (read_labelled(features / f"{name}.parquet") for name in ("train", "validation"))
    family = FAMILIES[params.model.family]
    trained = family(extractor, params, (rows.inputs, rows.outcome), (held_out.inputs, held_out.outcome))
    head = train_anomaly_head(trained.selected, trained.network, params, rows, held_out)
    save_trained(candidate, extractor, trained, head, params.train)
    history.write_text(history_table(trained.history), encoding="utf-8")
    reached = describe_training(trained, head, params)
    write_metrics(metrics, reached)
    print(f"train: {reached.family}, best epoch {reached.best}, validation loss {reached.val_loss:.4f}")


if __name__ == "__main__":
    run(train)
