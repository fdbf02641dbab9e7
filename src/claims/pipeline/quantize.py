"""quantize: the candidate as one variant of TensorFlow Lite, read back and with rules of its own."""

from claims.base.stage import In, Out, Word, run
from claims.config.params import load_params
from claims.features.matrices import read_labelled
from claims.quantization.flatbuffer import make_flatbuffer
from claims.quantization.variants import measure_variant, solve_variant
from claims.results.files import write_metrics
from claims.results.variant import VariantMetrics
from claims.training.network import make_deterministic


def quantize(
    variant: Word, features: In, representative: In, candidate: In, model: Out, rules: Out, metrics: Out
) -> None:
    """Write one variant's flatbuffer, its rules, and its metrics beside what the graph is made of."""
    params = load_params()
    make_deterministic(params.seed)
    train, sample = read_labelled(features / "train.parquet"), read_labelled(representative)
    made = make_flatbuffer(variant, candidate, train, sample, params)
    rows = {name: read_labelled(features / f"{name}.parquet") for name in ("calibration", "test")}
    solved = solve_variant(variant, made.content, rows, params.policy, params.evaluate.anomaly_reviews)
    model.write_bytes(made.content)
    rules.write_text(solved.rules.to_json() + "\n", encoding="utf-8")
    measured = VariantMetrics.of(measure_variant(solved), len(made.content), made.graph.describe())
    write_metrics(metrics, measured)
    print(f"quantize: {variant}, {len(made.content):,} bytes")


if __name__ == "__main__":
    run(quantize)
