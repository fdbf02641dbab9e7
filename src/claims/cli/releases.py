"""Verbs of releases: made, put live, taken back, traced, made again."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from claims.cli.base import app, plainly, show

if TYPE_CHECKING:
    from claims.registry.registry import Registry

Why = Annotated[str, typer.Option("--why", help="The reason, for the log.")]
Number = Annotated[int, typer.Argument(help="Of the release.")]


def _registry() -> "Registry":
    from claims.base.errors import ReleaseError
    from claims.registry.registry import Registry

    if not Path("dvc.yaml").is_file():
        found = "not the root of a checkout: it has no dvc.yaml"
        raise ReleaseError(str(Path.cwd()), found, "Change to the repository's root.")
    return Registry()


@app.command()
@plainly
def release(
    why: Why,
    key: Annotated[
        Path | None,
        typer.Option("--key", envvar="CLAIMS_SIGNING_KEY", help="PEM file of the key that signs."),
    ] = None,
    unsigned: Annotated[bool, typer.Option("--unsigned", help="Release without a signature.")] = False,
    override: Annotated[
        str | None, typer.Option("--override", help="Reason to release a model that may be worse.")
    ] = None,
    number: Annotated[
        int | None, typer.Option(min=1, help="Of the release; the next one by default.")
    ] = None,
) -> None:
    """Release the verified model of this commit: record, signature, card, files, commit and tag."""
    from claims.base.errors import ReleaseError
    from claims.releases.release import Request
    from claims.releases.release import release as make_release

    if key is None and not unsigned:
        raise ReleaseError("--key", "not given", "Give the key that signs, or --unsigned.")
    request = Request(why, None if unsigned else key, override, number)
    record = make_release(_registry(), request, lambda line: typer.echo(line, err=True))
    typer.echo(f"identity {record.identity}", err=True)
    typer.echo(record.number)


@app.command()
@plainly
def promote(
    number: Number, stage: Annotated[str, typer.Option("--to", help="staging or production.")], why: Why
) -> None:
    """Put a release on a stage."""
    from claims.releases.promotion import promote as put

    typer.echo(_done(put(_registry(), number, stage, why)))


@app.command()
@plainly
def rollback(
    why: Why, stage: Annotated[str, typer.Option("--on", help="staging or production.")] = "production"
) -> None:
    """Put back what was on a stage before the release that is there now."""
    from claims.releases.promotion import rollback as take_back

    typer.echo(_done(take_back(_registry(), stage, why)))


@app.command()
@plainly
def archive(number: Number, why: Why) -> None:
    """Set a release aside: it may not go live again."""
    from claims.releases.promotion import archive as set_aside

    set_aside(_registry(), number, why)
    typer.echo(f"release {number} is archived")


def _done(entry: Any) -> str:
    before = "" if entry.replaced is None else f", in place of release {entry.replaced}"
    return f"release {entry.release} is on {entry.stage}{before}"


@app.command("who-was-live")
@plainly
def who_was_live(
    at: Annotated[str, typer.Option(help="A moment, as 2026-10-03T12:00Z; now by default.")] = "",
    stage: Annotated[str, typer.Option("--on", help="staging or production.")] = "production",
    as_json: Annotated[bool, typer.Option("--json", help="All of it: log entry and record.")] = False,
) -> None:
    """Say which release was on a stage, who put it there, when, why; its data, code and quality."""
    from claims.releases.listing import describe_live, lines_of

    found = describe_live(_registry(), stage, at)
    typer.echo(json.dumps(found, indent=1, ensure_ascii=False) if as_json else lines_of(found))


@app.command()
@plainly
def releases() -> None:
    """List the releases with stage, metrics and lineage."""
    from claims.releases.listing import table_of_releases

    show(table_of_releases(_registry()))


@app.command()
@plainly
def diff(one: Number, other: Number) -> None:
    """Compare two releases: parameters, data, metrics and slices."""
    from claims.releases.listing import table_of_differences

    show(table_of_differences(_registry(), one, other))


@app.command("check-release")
@plainly
def check_release(number: Number) -> None:
    """Say whether the files of a release are those that were released, and its signature holds."""
    from claims.releases.listing import check_files

    for line in check_files(_registry(), number):
        typer.echo(line)


@app.command()
@plainly
def reproduce(
    number: Number,
    from_source: Annotated[
        bool, typer.Option("--from-source", help="Extract the claims again, too.")
    ] = False,
    keep: Annotated[
        Path | None, typer.Option(help="FOLDER in which the run is left to be looked at.")
    ] = None,
) -> None:
    """Make a release again in a clean clone of its commit, and compare every byte."""
    from claims.reproduction.reproduce import reproduce as run_again

    for line in run_again(_registry(), number, from_source=from_source, keep=keep):
        typer.echo(line)


@app.command()
@plainly
def mirror(
    force: Annotated[
        bool, typer.Option("--force", help="Even if the mirror followed a log that went on.")
    ] = False,
) -> None:
    """Bring the MLflow Model Registry in step with Git; releases and promotions do it by themselves."""
    from claims.mirrors.mirror import mirror as bring_in_step

    for line in bring_in_step(_registry(), force=force):
        typer.echo(line)
