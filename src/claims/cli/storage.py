"""Commands of storage: what DVC's cache and its remotes hold."""

from pathlib import Path
from typing import Annotated

import typer

from claims.cli.base import STORAGE, command, counting, group

cache_app = group("cache", "Check DVC's cache, and what a remote holds.", STORAGE)

Remote = Annotated[
    str | None, typer.Option("--remote", help="A remote of .dvc/config; its default if not given.")
]


@command("check", "Hash the local cache again; exit 1 where an object is corrupt and stays so.", of=cache_app)
def check_cache(
    heal: Annotated[bool, typer.Option("--heal", help="Fetch what is corrupt or missing.")] = False,
    remote: Remote = None,
) -> None:
    from claims.repository.cache import cache_size, check_cache
    from claims.repository.dvc import open_repo
    from claims.repository.heal import heal as fetch

    with open_repo(Path()) as repo:
        with counting("bytes hashed", cache_size(repo)) as advance:
            checked = check_cache(repo, advance)
        for line in checked.lines():
            typer.echo(line)
        if not heal:
            checked.demand_whole()
        elif checked.corrupt or checked.missing:
            with counting("objects fetched", None) as advance:
                healed = fetch(repo, checked, remote, advance)
            for line in healed.lines():
                typer.echo(line)
            healed.demand_all()


@command("pushed", "Check that a remote holds all that dvc.lock names; exit 1 where not.", of=cache_app)
def check_pushed(remote: Remote = None) -> None:
    from claims.repository.dvc import open_repo
    from claims.repository.remote import check_remote

    with open_repo(Path()) as repo, counting("objects looked for", None) as advance:
        pushed = check_remote(repo, remote, advance)
    for line in pushed.lines():
        typer.echo(line)
    pushed.demand_all()


@command("runs", "Check the runs that a remote would restore; exit 1 where one is refused.", of=cache_app)
def check_runs(remote: Remote = None) -> None:
    from claims.repository.dvc import open_repo
    from claims.repository.runs import check_runs

    with open_repo(Path()) as repo, counting("runs checked", None) as advance:
        checked = check_runs(repo, remote, advance)
    for line in checked.lines():
        typer.echo(line)
    checked.demand_all()
