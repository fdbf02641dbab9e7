"""`claims cache check`: a damaged object is named with what needs it, and healed from the remote."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from dvc.repo import Repo
from typer.testing import CliRunner, Result

from claims.cli import app
from claims.repository.cache import check_cache
from claims.repository.dvc import open_repo
from repository.conftest import FILES, HARMS, clone, flip, halve, outputs, overwrite, point
from repository.servers import Place
from workspaces import Workspace

Run = Callable[..., Result]


@pytest.fixture
def run(checkout: Workspace, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`claims cache …` inside the checkout."""
    monkeypatch.chdir(checkout.root)
    return lambda *arguments: CliRunner().invoke(app, ["cache", *arguments])


@pytest.fixture
def pushed(checkout: Workspace, local: Place) -> Place:
    """The default remote, holding all."""
    with Repo(str(checkout.root)) as repo:
        repo.push()
    return local


def cached(checkout: Workspace, output: str) -> Path:
    """The object in the cache that is an output's, or a folder's list."""
    with Repo(str(checkout.root)) as repo:
        (out,) = (out for out in repo.index.outs if out.def_path == output)
        return Path(out.cache_path)


def test_a_whole_cache_is_said_to_be(run: Run) -> None:
    done = run("check")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [done.stdout.strip()]
    assert done.stdout.startswith(f"{FILES + 3} objects hashed, ")
    assert done.stdout.endswith("bytes: 0 corrupt\n")


@pytest.mark.parametrize(
    ("harm", "said"),
    [(flip, "altered"), (halve, "cut short: 1,500 of 3,000 bytes"), (point, "a Git LFS pointer")],
)
def test_a_corrupt_object_is_named_with_its_output(run: Run, checkout: Workspace, harm, said: str) -> None:
    damaged = cached(checkout, "models/model.bin")
    harm(damaged)
    done = run("check")
    assert done.exit_code == 1
    assert f"corrupt: {damaged.parent.name}{damaged.name} ({said}), of models/model.bin\n" in done.stdout
    assert done.stderr == (
        f"claims: cache: 1 of {FILES + 3} objects are corrupt. "
        "Run `claims cache check --heal` before `dvc checkout`.\n"
    )


def test_a_file_in_a_folder_is_named_with_its_path(run: Run, checkout: Workspace) -> None:
    digest = hashlib.md5(checkout.path("data/claims/007.bin").read_bytes()).hexdigest()
    flip(checkout.path(f".dvc/cache/files/md5/{digest[:2]}/{digest[2:]}"))
    assert f"corrupt: {digest} (altered), of data/claims/007.bin\n" in run("check").stdout


def test_an_object_of_an_earlier_commit_is_checked_too(run: Run, checkout: Workspace) -> None:
    name = hashlib.md5(b"earlier").hexdigest()
    path = checkout.path(f".dvc/cache/files/md5/{name[:2]}/{name[2:]}")
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"other")
    assert f"corrupt: {name} (altered), of no output of dvc.lock" in run("check").stdout


def test_dvc_itself_would_check_out_a_corrupt_object(checkout: Workspace) -> None:
    """Why the check is there."""
    flip(cached(checkout, "models/model.bin"))
    before = outputs(checkout)
    checkout.path("models/model.bin").unlink()
    with Repo(str(checkout.root)) as repo:
        repo.checkout()
        assert repo.status() == {}
    assert outputs(checkout).keys() == before.keys()
    assert outputs(checkout) != before


def test_healing_puts_right_the_cache_and_what_came_of_it(run: Run, checkout: Workspace, pushed) -> None:
    before = outputs(checkout)
    for name in ("models/model.bin", "data/claims"):
        flip(cached(checkout, name))
    checkout.path("models/model.bin").unlink()
    with Repo(str(checkout.root)) as repo:
        repo.checkout(targets=["models/model.bin"])
    done = run("check", "--heal")
    assert done.exit_code == 0, done.stderr
    assert "fetched: 2\nrestored in the workspace: models/model.bin\n" in done.stdout
    assert outputs(checkout) == before
    assert run("check").exit_code == 0
    with Repo(str(checkout.root)) as repo:
        assert repo.status() == {}


def test_healing_leaves_alone_what_a_person_changed(run: Run, checkout: Workspace, pushed) -> None:
    flip(cached(checkout, "models/model.bin"))
    checkout.path("models/model.bin").write_bytes(b"mine")
    assert run("check", "--heal").exit_code == 0
    assert checkout.path("models/model.bin").read_bytes() == b"mine"


def test_a_fresh_clone_lacks_objects_and_healing_fetches_them(checkout, pushed, monkeypatch) -> None:
    fresh = clone(checkout)
    monkeypatch.chdir(fresh.root)
    done = CliRunner().invoke(app, ["cache", "check"])
    assert done.exit_code == 0
    assert "not here, of dvc.lock: 3 (data/claims, data/split.bin, models/model.bin)" in done.stdout
    assert CliRunner().invoke(app, ["cache", "check", "--heal"]).exit_code == 0
    with Repo(str(fresh.root)) as repo:
        repo.checkout()
    assert outputs(fresh) == outputs(checkout)


@pytest.mark.parametrize("harm", HARMS)
def test_what_the_remote_has_not_whole_is_removed_and_said(run, checkout, pushed: Place, harm: str) -> None:
    damaged = cached(checkout, "models/model.bin")
    flip(damaged)
    HARMS[harm](pushed.folder / "files" / "md5" / damaged.parent.name / damaged.name)
    done = run("check", "--heal")
    assert done.exit_code == 1
    why = "not on the remote" if harm == "missing" else "the remote's object is damaged too"
    assert f"not healed: {damaged.parent.name}{damaged.name} ({why})" in done.stdout
    assert "1 of 1 objects could not be fetched. `dvc commit` takes them" in done.stderr
    assert not damaged.exists()
    with Repo(str(checkout.root)) as repo:
        repo.commit(force=True)
    assert damaged.exists()
    assert run("check").exit_code == 0


@pytest.mark.parametrize(("remote", "said"), [("ssh", "claims: remote ssh: "), ("local", "holds nothing.")])
def test_an_unreachable_or_empty_remote_removes_nothing(run: Run, checkout, remote: str, said: str) -> None:
    damaged = cached(checkout, "models/model.bin")
    flip(damaged)
    done = run("check", "--heal", "--remote", remote)
    assert done.exit_code == 1
    assert said in done.stderr
    assert damaged.exists()


def test_another_dvc_at_work_is_said(run: Run, checkout: Workspace, pushed: Place) -> None:
    flip(cached(checkout, "models/model.bin"))
    with Repo(str(checkout.root)) as repo, repo.lock:
        done = run("check", "--heal")
    assert done.exit_code == 1
    assert done.stderr.startswith("claims: dvc: Unable to acquire lock")


def test_what_a_killed_dvc_has_half_written_is_no_object(run: Run, checkout: Workspace) -> None:
    cached(checkout, "models/model.bin").with_name("tmpabc.partial").write_bytes(b"half")
    assert "0 corrupt" in run("check").stdout


def test_progress_counts_every_byte(checkout: Workspace) -> None:
    seen: list[int] = []
    with open_repo(checkout.root) as repo:
        assert check_cache(repo, seen.append).size == sum(seen) > FILES * 3_000


def test_a_remote_with_everything_is_said_to_have_it(run: Run, pushed: Place) -> None:
    done = run("pushed")
    assert done.exit_code == 0
    assert done.stdout == f"{pushed.folder}/files/md5: {FILES + 3} of {FILES + 3} objects of dvc.lock\n"


def test_what_the_remote_lacks_is_what_dvc_says_it_lacks(run: Run, checkout, pushed: Place) -> None:
    damaged = cached(checkout, "models/model.bin")
    (pushed.folder / "files" / "md5" / damaged.parent.name / damaged.name).unlink()
    done = run("pushed")
    assert done.exit_code == 1
    assert done.stdout.splitlines()[1].endswith(", of models/model.bin")
    with Repo(str(checkout.root)) as repo:
        assert repo.data_status(not_in_remote=True, remote_refresh=True)["not_in_remote"] == [
            "models/model.bin"
        ]


def test_an_object_cut_short_on_the_remote_is_noticed_without_pulling(run, checkout, pushed: Place) -> None:
    damaged = cached(checkout, "models/model.bin")
    overwrite(pushed.folder / "files" / "md5" / damaged.parent.name / damaged.name, b"half")
    done = run("pushed")
    assert done.exit_code == 1
    assert "4 bytes there instead of 3,000: " in done.stdout


def test_a_fresh_clone_can_ask_too(checkout: Workspace, pushed: Place, monkeypatch) -> None:
    monkeypatch.chdir(clone(checkout).root)
    assert f"{FILES + 3} of {FILES + 3}" in CliRunner().invoke(app, ["cache", "pushed"]).stdout


def test_a_lock_that_names_nothing_proves_nothing(run: Run, checkout: Workspace, pushed: Place) -> None:
    checkout.path("dvc.lock").unlink()
    done = run("pushed")
    assert done.exit_code == 1
    assert done.stderr == "claims: dvc.lock: names no object. Run `dvc repro`, and commit dvc.lock.\n"


def test_outside_a_repository_there_is_one_line(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["cache", "check"])
    assert done.exit_code == 1
    assert done.stderr.startswith("claims: dvc: you are not inside of a DVC repository")
