"""quantize: the candidate as float32, dynamic-range and full int8 TensorFlow Lite, each judged."""

from claims.config import load_params
from claims.errors import ModelError
from claims.features.extractor import Inputs
from claims.features.matrices import read_labelled
from claims.model.candidate import SAVED_MODEL
from claims.model.conversion import VARIANTS, choose_representative, convert
from claims.model.network import make_deterministic
from claims.model.variants import judge, report
from claims.pipeline.stage import In, Out, run, write_json


def quantize(features: In, candidate: In, variants: Out, metrics: Out) -> None:
    """Write each variant's flatbuffer with its rules, and how it compares to float32."""
    params = load_params()
    make_deterministic(params.seed)
    settings = params.quantize
    if not (candidate / SAVED_MODEL).exists():
        remedy = (
            "Stop at evaluate (`dvc exp run -S model.family=gbm evaluate`), or ship the family distilled."
        )
        raise ModelError(str(candidate), "trees alone, which have no TensorFlow Lite form", remedy)
    train = read_labelled(features / "train.parquet")
    rows = {name: read_labelled(features / f"{name}.parquet") for name in ("calibration", "test")}
    sample = choose_representative(train, settings.num_calibration_samples, params.seed)
    representative = Inputs(train.inputs.codes[sample], train.inputs.numbers[sample])
    variants.mkdir()
    found, judged = {}, {}
    for name in VARIANTS:
        found[name] = convert(candidate / SAVED_MODEL, name, representative, settings.io)
        judged[name] = judge(name, found[name], rows, params.policy, params.evaluate.anomaly_reviews)
        (variants / f"{name}.tflite").write_bytes(found[name])
        (variants / f"{name}.json").write_text(judged[name].rules.to_json() + "\n", encoding="utf-8")
        print(f"quantize: {name}, {len(found[name]):,} bytes")
    reports = {name: report(judged[name], found[name], judged["float32"]) for name in VARIANTS}
    write_json(metrics, reports | {"representative_rows": len(sample)})


if __name__ == "__main__":
    run(quantize)
