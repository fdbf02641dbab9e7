"""Remotes on real servers: what is pushed, what a kill leaves, what a flipped bit does."""

import configparser
from dataclasses import replace
from pathlib import Path

import pytest

from repository.conftest import (
    FILES,
    MAKE,
    attempt,
    clone,
    flip,
    kill_push,
    kill_push_while,
    make_checkout,
    make_many,
    outputs,
    pull,
    push,
)
from repository.servers import OURS, Place
from workspaces import ROOT, Workspace

PUSHED = ("claims", "cache", "pushed")
OBJECTS = FILES + 3  # the folder's list, and two files


def test_a_fresh_clone_beside_the_checkout_pulls_at_once(checkout: Workspace, local: Place) -> None:
    checkout.run("sh", "-c", "cd data && dvc push")  # the remote's path is relative to .dvc, not to here
    assert len(local.objects()) == OBJECTS
    fresh = clone(checkout)
    fresh.run("dvc", "pull")
    assert outputs(fresh) == outputs(checkout)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return make_many(tmp_path_factory.mktemp("many"), 60)


_OTHERS = [pytest.param(name, marks=pytest.mark.drill) for name in ("ssh", "gs", "azure")]


@pytest.mark.parametrize("place", ["s3", *_OTHERS], indirect=True)  # the folder: test_faults.py
def test_a_killed_push_is_noticed_and_the_next_completes_it(many: Workspace, place: Place) -> None:
    checkout = place.use(many)
    kill_push(checkout, sent=5)
    assert 0 < len(place.objects()) <= 5
    noticed = attempt(checkout, *PUSHED)
    assert noticed.returncode == 1
    assert "not on the remote" in noticed.stdout
    early = clone(checkout, f"early-{place.remote}")
    assert attempt(early, "dvc", "pull").returncode != 0
    assert outputs(early).items() <= outputs(many).items()
    checkout.run("dvc", "push")
    assert f": {OBJECTS - FILES + 60} of {OBJECTS - FILES + 60} objects" in checkout.run(*PUSHED).stdout
    late = clone(checkout, f"late-{place.remote}")
    pull(late)
    assert outputs(late) == outputs(many)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """With one object that takes its time to arrive."""
    script = MAKE.replace("(3_000)", "(3_000) * (33_000 if 'model' in name else 1)")
    return make_checkout(tmp_path_factory.mktemp("large") / "claims-mlops", script)


@pytest.mark.parametrize("place", ["s3", *_OTHERS], indirect=True)
def test_an_object_half_sent_is_not_there(large: Workspace, place: Place) -> None:
    checkout = place.use(large)
    before = place.written()
    kill_push_while(checkout, lambda: place.written() - before > 1_000_000)
    noticed = attempt(checkout, *PUSHED)
    assert noticed.returncode == 1
    assert [line for line in noticed.stdout.splitlines() if "models/model.bin" in line]
    assert "bytes there instead of" not in noticed.stdout
    push(checkout)
    assert f": {OBJECTS} of {OBJECTS} objects" in checkout.run(*PUSHED).stdout


def test_a_flipped_bit_on_the_remote_is_not_pulled(checkout: Workspace, place: Place) -> None:
    checkout = place.use(checkout)
    push(checkout)
    place.harm_all(flip)
    fresh = clone(checkout)
    assert attempt(fresh, "dvc", "pull").returncode != 0
    assert outputs(fresh) == {}
    assert list(fresh.path(".dvc/cache/files").rglob("??/*")) == []


def test_without_verify_a_flipped_bit_would_be_pulled(checkout: Workspace, local: Place) -> None:
    """Why .dvc/config says `verify`."""
    push(checkout)
    for damaged in local.objects():
        if not damaged.name.endswith(".dir"):
            flip(damaged)
    fresh = clone(checkout)
    fresh.replace(".dvc/config", {"verify = true": "verify = false"})
    pull(fresh)
    assert outputs(fresh) != outputs(checkout)


def test_every_remote_verifies_and_holds_no_credential() -> None:
    config = configparser.ConfigParser()
    config.read_string((ROOT / ".dvc" / "config").read_text().replace("\n    ", "\n"))
    remotes = {name: dict(config[name]) for name in config.sections() if name != "core"}
    assert len(remotes) == 5
    assert {name for name, keys in remotes.items() if keys.keys() != {"url", "verify"}} == set()
    assert {keys["verify"] for keys in remotes.values()} == {"true"}
    assert [keys["url"] for keys in remotes.values() if "@" in keys["url"]] == []


def test_dvc_does_not_compare_host_keys_which_the_docs_say(checkout: Workspace, ssh, tmp_path: Path) -> None:
    """Fails once it does; docs/storage.md then has to change."""
    place = ssh(tmp_path)
    (tmp_path / ".ssh").mkdir()
    port = place.settings["url"].split(":")[2].partition("/")[0]
    other = "AAAAC3NzaC1lZDI1NTE5AAAAIJ5wN7dWq0z6f7cJzY1o5l0p8kq3yqk2G0Y1zT1m3N8x"
    (tmp_path / ".ssh" / "known_hosts").write_text(f"[127.0.0.1]:{port} ssh-ed25519 {other}\n")
    asked = attempt(replace(place.use(checkout), environment=OURS | {"HOME": str(tmp_path)}), *PUSHED)
    assert "not on the remote" in asked.stdout


@pytest.mark.parametrize(
    ("remote", "environment", "message"),
    [
        ("none", {}, "claims: remote none: "),
        ("s3", {"AWS_EC2_METADATA_DISABLED": "true"}, "claims: remote s3: Unable to locate credentials"),
        ("ssh", {}, "claims: remote ssh: "),
        ("azure", {}, "claims: remote azure: Authentication to Azure Blob Storage requires"),
    ],
)
def test_a_remote_out_of_reach_is_one_line(checkout: Workspace, remote, environment, message) -> None:
    if remote in ("s3", "ssh", "azure"):
        pytest.importorskip(f"dvc_{remote}")
    alone = Workspace(checkout.root, OURS | {"HOME": str(checkout.root)} | environment)
    done = attempt(alone, *PUSHED, "--remote", remote)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(message)
    assert done.stderr.count("\n") == 1
