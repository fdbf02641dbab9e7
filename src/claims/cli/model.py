"""Commands around a model: check what it is made with, score with it, log it."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from claims.cli.base import MODEL, command, counting

Model = Annotated[Path, typer.Option("--model", envvar="ML_MODEL_PATH", help="A packed .tflite model.")]


@command("check", "Check params.yaml, its contract, and the deps in dvc.yaml.", panel=MODEL)
def check() -> None:
    from claims.config.params import load_params
    from claims.contract import load_contract
    from claims.repository.stage_code import check_stage_code
    from claims.sources.read import check_watch

    params = load_params()
    load_contract(Path("contracts") / f"{params.contract}.yaml")
    check_watch(params.source.url, Path(params.source.watch))
    check_stage_code()
    typer.echo(f"params.yaml, contracts/{params.contract}.yaml and the deps of dvc.yaml's stages are legal")


@command("score", "Score and decide claims of a file, a database or a pipe.", panel=MODEL)
def score(
    model: Model = Path("models/claims_model.tflite"),
    source: Annotated[
        str, typer.Option("--input", help="FILE (.csv, .parquet, .jsonl), URL, or - for JSON lines.")
    ] = "-",
    target: Annotated[
        str, typer.Option("--output", help="FILE (.csv, .parquet, .jsonl), or - for JSON lines.")
    ] = "-",
    lines: Annotated[
        str | None, typer.Option("--lines", help="FILE of service lines beside a .csv or .parquet.")
    ] = None,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Mark a claim that cannot be read; score the others.")
    ] = False,
    reasons: Annotated[
        bool, typer.Option("--reasons", help="Name the features that speak for rejection, for reviewers.")
    ] = False,
    public_key: Annotated[
        Path | None,
        typer.Option(
            "--public-key", envvar="ML_MODEL_PUBLIC_KEY", help="Score with a release that this key confirms."
        ),
    ] = None,
) -> None:
    from claims.serving.predictor import OptimizedPredictor
    from claims.serving.score import read_chunks, scored_schema, scoring_key
    from claims.serving.score import score as score_chunks
    from claims.serving.sinks import open_sink
    from claims.sources.read import count_claims

    predictor = OptimizedPredictor.load(model, public_key=public_key)
    contract = predictor.contract
    if source == "-" and sys.stdin.isatty():
        typer.echo("reading JSON lines from standard input; end with Ctrl-D", err=True)
    chunks = read_chunks(contract, source, lines, scoring_key(predictor))
    total = count_claims(source, contract.claims.table)
    schema = scored_schema(contract, with_anomaly=predictor.scores_anomalies, reasons=reasons)
    with open_sink(target, schema) as write, counting("claims scored", total) as advance:
        for table in score_chunks(predictor, chunks, skip_bad=skip_bad, reasons=reasons):
            write(table)
            advance(table.num_rows)


@command("track", "Log the results in the workspace to the active trackers.", panel=MODEL)
def track(
    name: Annotated[str | None, typer.Option(help="Name of the run; its commit by default.")] = None,
) -> None:
    from claims.config.params import load_params
    from claims.tracking.trackers import log_results

    for line in log_results(load_params(), Path("metrics"), Path("models/claims_model.tflite"), name):
        typer.echo(line)
