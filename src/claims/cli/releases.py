"""Commands of releases: made, put live, taken back, traced, made again."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from claims.cli.base import RELEASES, command
from claims.cli.tables import show

if TYPE_CHECKING:
    from claims.registry.registry import Registry

Why = Annotated[str, typer.Option("--why", help="The reason, for the log.")]
Number = Annotated[int, typer.Argument(help="Number of the release.")]
To = Annotated[str, typer.Option("--to", help="staging or production.")]
On = Annotated[str, typer.Option("--on", help="staging or production.")]

RELEASE = (
    ("release",),
    ("environment",),
    ("released", "by"),
    ("variant", "test ROC-AUC"),
    ("claims", "until"),
    ("commit", "identity"),
)


def _registry() -> "Registry":
    from claims.base.errors import ReleaseError
    from claims.registry.registry import Registry

    if not Path("dvc.yaml").is_file():
        problem = "not the root of a checkout: it has no dvc.yaml"
        raise ReleaseError(str(Path.cwd()), problem, "Change to the repository's root.")
    return Registry()


@command("release", "Release this commit's verified model, numbered and signed.", panel=RELEASES)
def release(
    why: Why,
    key: Annotated[
        Path | None,
        typer.Option("--key", envvar="CLAIMS_SIGNING_KEY", help="PEM file of the private key that signs."),
    ] = None,
    unsigned: Annotated[bool, typer.Option("--unsigned", help="Release without a signature.")] = False,
    override: Annotated[
        str | None, typer.Option("--override", help="Reason to release a model that may be worse.")
    ] = None,
    number: Annotated[
        int | None, typer.Option(min=1, help="Number of the release; the next one by default.")
    ] = None,
) -> None:
    from claims.base.errors import ReleaseError
    from claims.releases.release import Request
    from claims.releases.release import release as make_release

    if key is None and not unsigned:
        raise ReleaseError("--key", "not given", "Give the key that signs, or --unsigned.")
    request = Request(why, None if unsigned else key, override, number)
    record = make_release(_registry(), request, lambda line: typer.echo(line, err=True))
    typer.echo(f"identity {record.identity}", err=True)
    typer.echo(record.number)


@command("promote", "Put a release live in an environment.", panel=RELEASES)
def promote(number: Number, environment: To, why: Why) -> None:
    from claims.releases.promotion import promote as put

    typer.echo(_done(put(_registry(), number, environment, why)))


@command("rollback", "Put back the release that was live before.", panel=RELEASES)
def rollback(why: Why, environment: On = "production") -> None:
    from claims.releases.promotion import rollback as take_back

    typer.echo(_done(take_back(_registry(), environment, why)))


@command("archive", "Set a release aside: it cannot go live again.", panel=RELEASES)
def archive(number: Number, why: Why) -> None:
    from claims.releases.promotion import archive as set_aside

    set_aside(_registry(), number, why)
    typer.echo(f"release {number} is archived")


def _done(entry: Any) -> str:
    before = "" if entry.replaced is None else f", in place of release {entry.replaced}"
    return f"release {entry.release} is on {entry.environment}{before}"


@command("who-was-live", "Say which release was live, since when, by whom and why.", panel=RELEASES)
def who_was_live(
    at: Annotated[str, typer.Option(help="A moment, as 2026-10-03T12:00Z; now by default.")] = "",
    environment: On = "production",
    as_json: Annotated[bool, typer.Option("--json", help="All of it: log entry and record.")] = False,
) -> None:
    from claims.releases.listing import describe_live, lines_of

    live = describe_live(_registry(), environment, at)
    typer.echo(json.dumps(live, indent=1, ensure_ascii=False) if as_json else lines_of(live))


@command("releases", "List the releases: environment, quality, origin.", panel=RELEASES)
def releases() -> None:
    from claims.releases.listing import rows_of_releases

    show(rows_of_releases(_registry()), RELEASE, otherwise="no release yet: `claims release` makes one")


@command("diff", "Compare two releases: data, parameters, metrics, gates.", panel=RELEASES)
def diff(before: Number, after: Number) -> None:
    from claims.releases.listing import rows_of_differences

    columns = (("value",), (f"release {before}",), (f"release {after}",), ("change",))
    show(rows_of_differences(_registry(), before, after), columns, otherwise="no difference", tree="value")


@command("check-release", "Check a release's files and its signature.", panel=RELEASES)
def check_release(number: Number) -> None:
    from claims.releases.listing import check_files

    for line in check_files(_registry(), number):
        typer.echo(line)


@command("reproduce", "Make a release again from its commit; compare every byte.", panel=RELEASES)
def reproduce(
    number: Number,
    from_source: Annotated[
        bool, typer.Option("--from-source", help="Extract the claims again as well.")
    ] = False,
    keep: Annotated[Path | None, typer.Option(help="FOLDER in which the run is kept.")] = None,
) -> None:
    from claims.reproduction.reproduce import reproduce as run_again

    for line in run_again(_registry(), number, from_source=from_source, keep=keep):
        typer.echo(line)


@command("mirror", "Bring the MLflow Model Registry in step with Git.", panel=RELEASES)
def mirror(
    force: Annotated[
        bool, typer.Option("--force", help="Even if the mirror has followed entries that this log lacks.")
    ] = False,
) -> None:
    from claims.mirrors.mirror import mirror as bring_in_step

    for line in bring_in_step(_registry(), force=force):
        typer.echo(line)
