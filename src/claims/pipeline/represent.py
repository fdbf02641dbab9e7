"""represent: the training claims that set the int8 ranges of every variant."""

from claims.base.stage import In, Out, run
from claims.config.params import load_params
from claims.features.extractor import FeatureExtractor
from claims.features.matrices import read_labelled, write_labelled
from claims.quantization.representative import (
    check_coverage,
    check_scaled,
    choose_representative,
    measure_coverage,
)
from claims.results.files import write_metrics


def represent(features: In, chosen: Out, metrics: Out) -> None:
    """Write the representative claims, and what they hold of all training claims."""
    params = load_params()
    rows = read_labelled(features / "train.parquet")
    extractor = FeatureExtractor.read(features / "encoder.json")
    check_scaled(rows.inputs, extractor.number_names)
    sample = rows.take(choose_representative(rows, params.quantize.num_calibration_samples, params.seed))
    coverage = measure_coverage(sample, rows)
    check_coverage(coverage)
    write_labelled(chosen, extractor, sample)
    write_metrics(metrics, coverage)
    print(f"represent: {len(sample)} claims hold {coverage.codes:.1%} of all codes")


if __name__ == "__main__":
    run(represent)
