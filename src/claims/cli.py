"""``claims …``: the verbs that a person types. No logic lives here."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from claims.errors import ClaimsError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
contract_app = typer.Typer(no_args_is_help=True)
app.add_typer(contract_app, name="contract", help="Check a claim contract.")

Model = Annotated[Path, typer.Option("--model", envvar="ML_MODEL_PATH", help="A packed .tflite model.")]


@app.callback()
def main() -> None:
    """Machine-learning operations for an insurance-claims model."""


def plainly(verb: Callable[..., None]) -> Callable[..., None]:
    """Show a failure that a person can mend as one line, with exit code 1."""

    @wraps(verb)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            verb(*args, **kwargs)
        except BrokenPipeError:  # the reader of standard output left
            sys.stderr.close()
            raise typer.Exit(1) from None
        except (ClaimsError, OSError) as error:  # a full disk and a forbidden folder can be mended too
            Console(stderr=True, soft_wrap=True, highlight=False).print(f"claims: {error}", markup=False)
            raise typer.Exit(1) from None

    return run


@contextmanager
def counting(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A progress bar on stderr, pulsing where the total is not known; silent where nobody watches."""
    console = Console(stderr=True)
    columns = (BarColumn(), TextColumn("{task.completed:,.0f} " + what), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda count: progress.advance(task, count)


@app.command()
@plainly
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
) -> None:
    """Score claims: identifier, ml_score, ml_derived_decision, ml_route, maybe ml_anomaly_score of each."""
    from claims.serving.predictor import OptimizedPredictor
    from claims.serving.score import read_chunks, scored_schema, scoring_key
    from claims.serving.score import score as score_chunks
    from claims.serving.sinks import open_sink
    from claims.sources.read import count_claims

    predictor = OptimizedPredictor.load(model)
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


@app.command()
@plainly
def snapshot(
    output: Annotated[Path | None, typer.Option(help="The file to write; source.watch by default.")] = None,
) -> None:
    """Look at the server behind source.url and write how far its claims go, for extraction to depend on."""
    from claims.config import load_params
    from claims.contract import load_contract
    from claims.privacy import hash_key
    from claims.sources.snapshot import Bounds
    from claims.sources.watermark import take_watermark

    params = load_params()
    contract = load_contract(Path("contracts") / f"{params.contract}.yaml")
    source = params.source
    bounds = Bounds(source.since, source.until, source.as_of)
    mark = take_watermark(contract, source.url, bounds, hash_key(contract, is_demo=source.is_demo))
    target = output or Path(source.watch)
    mark.write(target)
    typer.echo(f"{target}: {mark.rows:,} claims received before {mark.until}")


@app.command()
@plainly
def load(
    contract: Annotated[Path, typer.Option(help="Contract of the claims.")],
    source: Annotated[Path, typer.Option("--input", help="FILE (.csv or .parquet) of claims.")],
    url: Annotated[str, typer.Option("--to", help="SQLAlchemy URL of a database.")],
) -> None:
    """Load a file of raw claims into a table of a database, which must not hold it yet."""
    from claims.contract import load_contract
    from claims.sources.load import load_claims
    from claims.sources.read import count_claims

    found = load_contract(contract)
    with counting("claims loaded", count_claims(str(source), found.claims.table)) as advance:
        total = load_claims(found, source, url, advance)
    typer.echo(f"{total:,} claims loaded")


@app.command()
@plainly
def check() -> None:
    """Say whether params.yaml and the contract that it names are legal; `make repro` begins with it."""
    from claims.config import load_params
    from claims.contract import load_contract
    from claims.sources.read import check_watch

    params = load_params()
    load_contract(Path("contracts") / f"{params.contract}.yaml")
    check_watch(params.source.url, Path(params.source.watch))
    typer.echo(f"params.yaml and contracts/{params.contract}.yaml are legal")


@app.command()
@plainly
def track(
    name: Annotated[str | None, typer.Option(help="Of the run; its commit by default.")] = None,
) -> None:
    """Log the results that lie here to the trackers that are turned on, as the stage `track` does."""
    from claims.config import load_params
    from claims.tracking.trackers import log_results

    for line in log_results(load_params(), Path("metrics"), Path("models/claims_model.tflite"), name):
        typer.echo(line)


@contract_app.command("check")
@plainly
def check_contract(path: Annotated[Path, typer.Argument(help="A contracts/*.yaml file.")]) -> None:
    """Say whether a contract is legal, and what it makes of the claims."""
    from claims.contract import load_contract

    found = load_contract(path)
    slices = ", ".join(found.sliced)
    typer.echo(f"{path}: {len(found.columns)} columns, {len(found.features)} features, slices {slices}")


if __name__ == "__main__":
    app()
