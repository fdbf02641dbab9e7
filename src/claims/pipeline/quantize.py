"""quantize: the candidate as float32, dynamic-range and full int8 TensorFlow Lite, each judged."""

from claims.config import load_params
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
    train = read_labelled(features / "train.parquet")
    rows = {name: read_labelled(features / f"{name}.parquet") for name in ("calibration", "test")}
    sample = choose_representative(train, settings.num_calibration_samples, params.seed)
    representative = Inputs(train.inputs.codes[sample], train.inputs.numbers[sample])
    variants.mkdir()
    found, judged = {}, {}
    for name in VARIANTS:
        found[name] = convert(candidate / SAVED_MODEL, name, representative, settings.io)
        judged[name] = judge(name, found[name], rows["calibration"], rows["test"], params.evaluate)
        (variants / f"{name}.tflite").write_bytes(found[name])
        (variants / f"{name}.json").write_text(judged[name].rules.to_json() + "\n", encoding="utf-8")
        print(f"quantize: {name}, {len(found[name]):,} bytes")
    reports = {n: report(judged[n], found[n], judged["float32"], rows, params.evaluate) for n in VARIANTS}
    write_json(metrics, reports | {"representative_rows": len(sample)})


if __name__ == "__main__":
    run(quantize)
