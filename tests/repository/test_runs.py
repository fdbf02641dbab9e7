"""The run cache of a remote: what is restored from it, and what is refused before DVC reads it."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from claims.repository.dvc import name_of_run, open_repo
from claims.repository.runs import CheckedRuns, check_runs
from repository.conftest import MAKE, attempt, clone, make_checkout, outputs
from repository.servers import Place
from workspaces import Workspace

Run = dict[str, list[dict[str, str]]]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A checkout whose stage has only outputs in the cache, so that DVC keeps its run."""
    made = make_checkout(tmp_path_factory.mktemp("ran") / "claims-mlops")
    made.replace("dvc.yaml", {"metrics/make.json: {cache: false}": "metrics/make.json"})
    made.run("git", "rm", "-q", "--cached", "metrics/make.json")
    made.run("dvc", "repro", "--quiet")
    made.run("git", "add", "-A")
    made.run("git", "commit", "-qm", "cached")
    return made


@pytest.fixture
def pushed(ran: Workspace, local: Place) -> Workspace:
    """A checkout whose remote holds its run."""
    root = local.folder.parent / "claims-mlops"
    shutil.copytree(ran.root, root, symlinks=True)
    checkout = Workspace(root, ran.environment)
    checkout.run("dvc", "push", "--quiet", "--run-cache")
    return checkout


def checked(checkout: Workspace) -> CheckedRuns:
    with open_repo(checkout.root) as repo:
        return check_runs(repo)


def the_run(local: Place) -> Path:
    (path,) = [path for path in (local.folder / "runs").rglob("*") if path.is_file()]
    return path


def rewrite(local: Place, change: Callable[[Run], None]) -> None:
    """Store the run anew as somebody who knows how DVC names runs would."""
    path = the_run(local)
    run = yaml.safe_load(path.read_text())
    change(run)
    shutil.rmtree(local.folder / "runs")
    key, value = name_of_run(run)
    path = local.folder / "runs" / key[:2] / key / value
    path.parent.mkdir(parents=True)
    path.write_text(yaml.safe_dump(run))


def store_list(local: Place, *names: str) -> str:
    """A folder's list on the remote, whole by its hash."""
    content = json.dumps([{"md5": "0" * 32, "relpath": name} for name in names]).encode()
    oid = hashlib.md5(content, usedforsecurity=False).hexdigest() + ".dir"
    path = local.folder / "files" / "md5" / oid[:2] / oid[2:]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return oid


def test_a_clone_restores_a_run_that_its_lock_does_not_name(pushed: Workspace, local: Place) -> None:
    other = clone(pushed)
    other.replace("make.py", {MAKE: f"{MAKE}# changed\n"})
    other.run("dvc", "repro", "--quiet")
    other.run("git", "commit", "-qam", "changed")
    other.replace("make.py", {"# changed\n": ""})
    other.run("git", "checkout", "HEAD", "--", "dvc.lock")
    assert checked(other).refused == {}
    done = other.run("dvc", "repro", "--pull")
    assert "is cached - skipping run" in done.stdout
    assert outputs(other) == outputs(pushed)


def test_a_remote_without_runs_is_in_order(pushed: Workspace, local: Place) -> None:
    shutil.rmtree(local.folder)
    assert checked(pushed).runs == 0


@pytest.mark.parametrize(
    "path", ["../../evil", "/tmp/evil", "data/../../evil", ".git/hooks/post-commit", ".dvc/config"]
)
def test_a_run_that_writes_outside_the_checkout_is_refused(
    pushed: Workspace, local: Place, path: str
) -> None:
    rewrite(local, lambda run: run["outs"].append({"path": path, "hash": "md5", "md5": "0" * 32}))
    assert [*checked(pushed).refused.values()] == [f"writes outside the checkout: {path}"]


@pytest.mark.parametrize("name", ["../../evil", "/evil", "a/../../evil", ".git/config"])
def test_a_list_that_leads_out_of_its_folder_is_refused(pushed: Workspace, local: Place, name: str) -> None:
    oid = store_list(local, "000.bin", name)
    rewrite(local, lambda run: run["outs"][0].update(path="data/claims", md5=oid))
    (why,) = checked(pushed).refused.values()
    assert why == f"the list of data/claims writes outside of it: {name}"


def test_a_run_under_the_name_of_another_is_refused(pushed: Workspace, local: Place) -> None:
    path = the_run(local)
    path.write_text(path.read_text().replace("models/model.bin", "models/other.bin"))
    assert [*checked(pushed).refused.values()] == ["another run than its name promises"]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("evil.sh", "", "not a run's name"),
        (f"ab/{'ab' * 32}/{'cd' * 32}", "[1, 2]", "not a run"),
        (f"ab/{'ab' * 32}/{'cd' * 32}", "\t: {", "not a run"),
        (f"ab/{'ab' * 32}/{'cd' * 32}", "cmd: a\ndeps: []\nouts: []\n", "not a run"),
        (f"ab/{'ab' * 32}/{'cd' * 32}", "x" * (1 << 21), "too long for a run"),
    ],
    ids=["name", "list", "syntax", "empty", "long"],
)
def test_what_is_no_run_is_refused(
    pushed: Workspace, local: Place, name: str, content: str, why: str
) -> None:
    path = local.folder / "runs" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    assert checked(pushed).refused == {name: why}


def test_a_damaged_list_is_refused(pushed: Workspace, local: Place) -> None:
    run = yaml.safe_load(the_run(local).read_text())
    (oid,) = [out["md5"] for out in run["outs"] if out["md5"].endswith(".dir")]
    listed = local.folder / "files" / "md5" / oid[:2] / oid[2:]
    listed.chmod(0o644)
    listed.write_bytes(listed.read_bytes().replace(b"000.bin", b"00X.bin"))
    assert [*checked(pushed).refused.values()] == ["the list of data/claims is damaged"]


def test_the_command_says_what_is_refused_and_fails(pushed: Workspace, local: Place) -> None:
    fine = attempt(pushed, "claims", "cache", "runs")
    assert (fine.returncode, fine.stdout.endswith(": 1 of 1 runs may be restored\n")) == (0, True)
    (local.folder / "runs" / "evil").touch()
    refused = attempt(pushed, "claims", "cache", "runs")
    assert refused.returncode == 1
    assert "refused: evil: not a run's name" in refused.stdout
    assert "1 of 2 runs are refused" in refused.stderr
