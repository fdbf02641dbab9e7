"""Size, latency and throughput of every variant, as ratios to float32 that are taken side by side.

`python benchmarks/figures.py variants` runs it on `models/` and writes the table of docs/figures.md.
"""

import claims.pipeline  # noqa: F401 - settings that decide bytes, before TensorFlow

# isort: split

import statistics
import time
from pathlib import Path
from typing import Any

from claims.config.params import REFERENCE, load_params
from claims.features.extractor import ModelInputs
from claims.features.matrices import read_labelled
from claims.model.interpreter import TFLiteModel
from claims.quantization.conversion import convert
from claims.results.files import read_metrics
from claims.results.judge import JudgedVariant, JudgeMetrics
from claims.training.candidate import SAVED_MODEL
from clones import METRICS

CALLS = {1: 3000, 1024: 40}  # by claims a call
OTHER_IO = ("int8", "uint8")


def measure_variants(root: Path, rounds: int) -> dict[str, Any]:
    """Measure of each variant and type of input and output: bytes, quality, and speed against float32.

    A round times every variant once, in turn, so that a slow moment slows all.
    """
    judged = read_metrics(JudgeMetrics, root / "metrics" / "judge.json")
    flatbuffers = {n: (root / f"models/variants/{n}.tflite").read_bytes() for n in judged.variants}
    flatbuffers |= _other_types(root)
    rows = read_labelled(root / "data" / "features" / "test.parquet").inputs
    seconds = _time({name: TFLiteModel(content) for name, content in flatbuffers.items()}, rows, rounds)
    measured: dict[str, Any] = {}
    for name, content in flatbuffers.items():
        measured[name] = {"bytes": len(content)}
        for size, times in seconds.items():
            ratios = [float32 / own for own, float32 in zip(times[name], times[REFERENCE], strict=True)]
            measured[name][f"speed_{size}"] = round(statistics.median(ratios), 2)
        if name in judged.variants:
            measured[name] |= _quality(judged.variants[name])
    batches = {size: statistics.median(times[REFERENCE]) / CALLS[size] for size, times in seconds.items()}
    return {
        "winner": judged.winner,
        "variants": measured,
        "float32_us": round(batches[1] * 1e6, 1),
        "float32_rows_a_second": round(1024 / batches[1024]),
    }


def _other_types(root: Path) -> dict[str, bytes]:
    """The int8 variant with inputs and outputs of other types than the pipeline's."""
    sample = read_labelled(root / "data" / "representative.parquet").inputs
    saved = root / "models" / "candidate" / SAVED_MODEL
    others = [io for io in OTHER_IO if io != load_params(root / "params.yaml").quantize.io]
    return {f"int8, {io} in and out": convert(saved, "int8", sample, io) for io in others}


def _time(
    models: dict[str, TFLiteModel], rows: ModelInputs, rounds: int
) -> dict[int, dict[str, list[float]]]:
    """Seconds of many calls, by claims a call and variant: one a round."""
    seconds: dict[int, dict[str, list[float]]] = {size: {name: [] for name in models} for size in CALLS}
    for size, calls in CALLS.items():
        part = ModelInputs(rows.codes[:size].copy(), rows.numbers[:size].copy())
        for _ in range(rounds):
            for name, model in models.items():
                started = time.perf_counter()
                for _ in range(calls):
                    model.outputs(part)
                seconds[size][name].append(time.perf_counter() - started)
    return seconds


def _quality(variant: JudgedVariant) -> dict[str, Any]:
    quality = variant.test.model_dump(include=METRICS)
    return quality | {"flips": variant.gate.overall.flips.value, "refusals": variant.gate.refusals}
