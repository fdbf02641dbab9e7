"""quantize: the candidate as one variant of TensorFlow Lite, read back and with rules of its own."""

from pathlib import Path
from tempfile import TemporaryDirectory

from claims.base.errors import ModelError
from claims.base.stage import In, Out, Word, run, write_json
from claims.config.params import Params, load_params
from claims.features.extractor import ModelInputs
from claims.features.matrices import read_labelled
from claims.quantization.conversion import INTEGER, convert
from claims.quantization.graph import Graph, check_integer
from claims.quantization.qat import train_aware
from claims.quantization.representative import check_coverage, measure_coverage
from claims.quantization.variants import measure_variant, solve_variant
from claims.training.candidate import SAVED_MODEL, load_candidate, read_recipe
from claims.training.network import make_deterministic
from claims.training.saved_model import export_saved_model

QAT = "qat"


def quantize(
    variant: Word, features: In, representative: In, candidate: In, model: Out, rules: Out, metrics: Out
) -> None:
    """Write one variant's flatbuffer, its rules, and its metrics beside what the graph is made of."""
    params = load_params()
    make_deterministic(params.seed)
    if not (candidate / SAVED_MODEL).exists():
        remedy = (
            "Stop at evaluate (`dvc exp run -S model.family=gbm evaluate`), or ship the family distilled."
        )
        raise ModelError(str(candidate), "trees alone, which have no TensorFlow Lite form", remedy)
    train, sample = read_labelled(features / "train.parquet"), read_labelled(representative)
    rows = {name: read_labelled(features / f"{name}.parquet") for name in ("calibration", "test")}
    check_coverage(measure_coverage(sample, train))
    with TemporaryDirectory() as folder:
        saved = candidate / SAVED_MODEL
        if variant == QAT:
            saved = _tuned(candidate, params, train.inputs, Path(folder))
        content = convert(saved, variant, sample.inputs, params.quantize.io)
    graph = Graph.read(content)
    if variant in INTEGER:
        check_integer(graph, params.quantize.io)
    solved = solve_variant(variant, content, rows, params.policy, params.evaluate.anomaly_reviews)
    model.write_bytes(content)
    rules.write_text(solved.rules.to_json() + "\n", encoding="utf-8")
    write_json(metrics, measure_variant(solved) | {"size_bytes": len(content), "graph": graph.describe()})
    print(f"quantize: {variant}, {len(content):,} bytes")


def _tuned(candidate: Path, params: Params, rows: ModelInputs, folder: Path) -> Path:
    """SavedModel of the candidate after quantization-aware training."""
    shape = read_recipe(candidate).shape
    aware = train_aware(load_candidate(candidate), shape, params.quantize.qat, params.seed, rows)
    export_saved_model(aware, shape, folder)
    return folder


if __name__ == "__main__":
    run(quantize)
