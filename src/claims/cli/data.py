"""Verbs of claims: where they come from, what they have to be, which there were, whom to forget."""

from pathlib import Path
from typing import Annotated

import typer

from claims.cli.base import app, counting, plainly

contract_app = typer.Typer(no_args_is_help=True)
app.add_typer(contract_app, name="contract", help="Check a claim contract, or compare two.")
data_app = typer.Typer(no_args_is_help=True)
app.add_typer(data_app, name="data", help="Datasets over the history of git.")


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
def snapshot(
    output: Annotated[Path | None, typer.Option(help="The file to write; source.watch by default.")] = None,
) -> None:
    """Look at the server behind source.url and write how far its claims go, for extraction to depend on."""
    from claims.config.params import load_params
    from claims.contract import load_contract
    from claims.data.pseudonyms import hash_key
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
def forget(
    subject: Annotated[
        str, typer.Argument(help="Identifier as in the source, or - to type it unseen or pipe it in.")
    ],
    column: Annotated[
        str | None, typer.Option(help="Hashed column that holds it; the claim's identifier by default.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Search, and write no tombstone.")] = False,
) -> None:
    """Keep a subject's rows out of later extractions, and say where rows lie and what to retrain."""
    from claims.erasure.forget import forget as forget_subject
    from claims.erasure.forget import read_subject

    given = read_subject() if subject == "-" else subject
    for line in forget_subject(given, column, dry_run=dry_run):
        typer.echo(line)


@contract_app.command("check")
@plainly
def check_contract(path: Annotated[Path, typer.Argument(help="A contracts/*.yaml file.")]) -> None:
    """Say whether a contract is legal, and what it makes of the claims."""
    from claims.contract import load_contract

    found = load_contract(path)
    slices = ", ".join(found.sliced)
    typer.echo(f"{path}: {len(found.columns)} columns, {len(found.features)} features, slices {slices}")


@contract_app.command("diff")
@plainly
def diff_contracts(
    old: Annotated[str, typer.Argument(help="A contracts/*.yaml file, or REV:contracts/NAME.yaml.")],
    new: Annotated[str, typer.Argument(help="Likewise.")],
) -> None:
    """List what changed, whether it is breaking, and the version that is due; exit 1 if it is lower."""
    from claims.history.contracts import check_version, compare_contracts, read_contract

    before, after = read_contract(old), read_contract(new)
    changes, due = compare_contracts(before, after)
    for change in changes:
        typer.echo(f"{change.level.name.lower():<10}  {change.where}: {change.what}")
    found = f"{len(changes)} changes, {changes[0].level.name.lower()}" if changes else "no change"
    typer.echo(f"{found}; {before.version} → {after.version}, at least {due} is due")
    check_version(new, after, due)


@data_app.command("list")
@plainly
def list_data(
    everywhere: Annotated[bool, typer.Option("--all", help="Of all branches, tags and experiments.")] = False,
) -> None:
    """List the versions of data/raw that git's history names, the newest first."""
    from claims.history.datasets import current_tree, list_datasets
    from claims.history.report import describe_list
    from claims.repository.git import Git

    git = Git()
    for line in describe_list(list_datasets(git, everywhere=everywhere), current_tree(git)):
        typer.echo(line)


@data_app.command("diff")
@plainly
def diff_data(
    before: Annotated[str, typer.Argument(help="A revision of git's, or workspace.")],
    after: Annotated[str, typer.Argument(help="Likewise.")] = "workspace",
) -> None:
    """Compare two datasets: rows, window, checksum, labels, and the drift of each column."""
    from claims.history.difference import compare
    from claims.history.report import describe_difference
    from claims.repository.git import Git

    for line in describe_difference(compare(Git(), before, after)):
        typer.echo(line)


@data_app.command("check")
@plainly
def check_data() -> None:
    """Compute the checksum of data/raw again, and say which version recorded it."""
    from claims.history.check import recognise
    from claims.repository.git import Git

    found = recognise(Git())
    assert found.recorded is not None
    typer.echo(f"data/raw: {found.recorded.rows:,} claims, as {found.name} recorded them ({found.date})")
