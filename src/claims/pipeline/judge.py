"""judge: which variant decides like float32, and so may ship; none: the run fails."""

from claims.base.stage import In, Out, run
from claims.config.params import REFERENCE, load_params
from claims.features.matrices import read_labelled
from claims.quantization.choice import choose_winner
from claims.quantization.gate import confirm, gate_variants
from claims.quantization.variants import Variant, read_variant
from claims.reporting.variant_plots import draw_variants
from claims.results.files import read_metrics, write_metrics
from claims.results.judge import JudgedVariant, JudgeMetrics
from claims.results.variant import VariantMetrics


def judge(features: In, variants: In, measured: In, metrics: Out, plots: Out) -> None:
    """Write the verdict on every variant and which of them ships, with plots of what it changes."""
    params = load_params()
    rows = {name: read_labelled(features / f"{name}.parquet") for name in ("calibration", "test")}
    solved: dict[str, Variant] = {
        name: read_variant(name, variants, rows, params) for name in params.quantize.variants
    }
    files = {name: read_metrics(VariantMetrics, measured / f"{name}.json") for name in solved}
    verdicts = gate_variants(solved, rows["calibration"], params)
    for name, verdict in verdicts.items():
        for refusal in verdict.refusals:
            print(f"judge: {name} refused: {refusal}")
    winner = choose_winner(verdicts, {name: file.size_bytes for name, file in files.items()}, params.judge)
    confirmed = confirm(winner, solved, rows["test"], params)
    judged = {name: JudgedVariant.of(files[name], verdict) for name, verdict in verdicts.items()}
    write_metrics(metrics, JudgeMetrics(winner=winner, variants=judged, test=confirmed))
    plots.mkdir()
    draw_variants(plots, solved[REFERENCE].calibration, solved[winner].calibration, verdicts[winner])
    print(f"judge: {winner} ships")


if __name__ == "__main__":
    run(judge)
