"""Commands around claims: where they come from, what they have to be, which there were, whom to forget."""

from pathlib import Path
from typing import Annotated

import typer

from claims.cli.base import DATA, command, counting, group
from claims.cli.tables import show

contract_app = group("contract", "Check a claim contract, or compare two.", DATA)
data_app = group("data", "List, compare and recognise the datasets in Git's history.", DATA)

DATASET = (
    ("dataset", "date"),
    ("contract", "checksum"),
    ("claims", "decided"),
    ("first day", "last day"),
    ("approved",),
    ("notes",),
)
DRIFT = (("column",), ("measure",), ("drift",), ("by chance",), ("missing before",), ("missing after",))


@command("load", "Load a file of raw claims into a new table of a database.", panel=DATA)
def load(
    contract: Annotated[Path, typer.Option(help="Contract of the claims.")],
    source: Annotated[Path, typer.Option("--input", help="FILE (.csv or .parquet) of claims.")],
    url: Annotated[str, typer.Option("--to", help="SQLAlchemy URL of a database.")],
) -> None:
    from claims.contract import load_contract
    from claims.sources.load import load_claims
    from claims.sources.read import count_claims

    rules = load_contract(contract)
    with counting("claims loaded", count_claims(str(source), rules.claims.table)) as advance:
        total = load_claims(rules, source, url, advance)
    typer.echo(f"{total:,} claims loaded")


@command("snapshot", "Write up to which day a server's claims are to be extracted.", panel=DATA)
def snapshot(
    output: Annotated[Path | None, typer.Option(help="The file to write; source.watch by default.")] = None,
) -> None:
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


@command("forget", "Keep a subject's rows out of every later extraction.", panel=DATA)
def forget(
    subject: Annotated[
        str, typer.Argument(help="Identifier as in the source, or - to type it unseen or pipe it in.")
    ],
    column: Annotated[
        str | None, typer.Option(help="Hashed column that holds it; the claim's identifier by default.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Search, and write no tombstone.")] = False,
) -> None:
    from claims.erasure.forget import forget as forget_subject
    from claims.erasure.forget import read_subject

    identifier = read_subject() if subject == "-" else subject
    for line in forget_subject(identifier, column, dry_run=dry_run):
        typer.echo(line)


@command("check", "Check that a contract is legal, and summarise it.", of=contract_app)
def check_contract(path: Annotated[Path, typer.Argument(help="A contracts/*.yaml file.")]) -> None:
    from claims.contract import load_contract

    contract = load_contract(path)
    slices = ", ".join(contract.sliced)
    typer.echo(f"{path}: {len(contract.columns)} columns, {len(contract.features)} features, slices {slices}")


@command(
    "diff",
    "List what changed, whether it is breaking, and the version that is due; exit 1 if the version is lower.",
    of=contract_app,
)
def diff_contracts(
    old: Annotated[str, typer.Argument(help="A contracts/*.yaml file, or REV:contracts/NAME.yaml.")],
    new: Annotated[str, typer.Argument(help="Likewise.")],
) -> None:
    from claims.history.contracts import check_version, compare_contracts, read_contract

    before, after = read_contract(old), read_contract(new)
    changes, due = compare_contracts(before, after)
    for change in changes:
        typer.echo(f"{change.level.name.lower():<10}  {change.where}: {change.what}")
    summary = f"{len(changes)} changes, {changes[0].level.name.lower()}" if changes else "no change"
    typer.echo(f"{summary}; {before.version} → {after.version}, at least {due} is due")
    check_version(new, after, due)


@command("list", "List the versions of data/raw in Git's history, the newest first.", of=data_app)
def list_data(
    everywhere: Annotated[bool, typer.Option("--all", help="Of all branches, tags and experiments.")] = False,
) -> None:
    from claims.history.datasets import current_tree, list_datasets
    from claims.history.report import rows_of_datasets
    from claims.repository.git import Git

    git = Git()
    rows = rows_of_datasets(list_datasets(git, everywhere=everywhere), current_tree(git))
    show(rows, DATASET, otherwise="no dataset yet: commit dvc.lock after a `dvc repro`")


@command("diff", "Compare two datasets: rows, window, labels, and each column's drift.", of=data_app)
def diff_data(
    before: Annotated[str, typer.Argument(help="A revision of Git's, or workspace.")],
    after: Annotated[str, typer.Argument(help="Likewise.")] = "workspace",
) -> None:
    from claims.history.difference import compare
    from claims.history.report import columns_apart, rows_of_drifts, rows_of_sides
    from claims.repository.git import Git

    git = Git()
    difference = compare(git, before, after)
    show(rows_of_sides(git, difference), DATASET)
    typer.echo()
    show(rows_of_drifts(difference), DRIFT, otherwise="no column of both can be compared")
    for line in columns_apart(difference):
        typer.echo(f"\n{line}")


@command("check", "Hash the claims in data/raw again, and name the commit that recorded them.", of=data_app)
def check_data() -> None:
    from claims.history.check import recognise
    from claims.repository.git import Git

    dataset, recorded = recognise(Git())
    typer.echo(f"data/raw: {recorded.in_window:,} claims, as {dataset.name} recorded them ({dataset.date})")
