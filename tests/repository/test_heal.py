"""Odd caches, and healing that is cut short: nothing is lost, hung on or believed."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from dvc.repo import Repo

from repository.conftest import FILES, MAKE, attempt, flip, make_checkout, outputs, push
from repository.servers import Place
from workspaces import Workspace, wait_until

CHECK = ("claims", "cache", "check")
HEAL = (*CHECK, "--heal")


def link_to_nothing(path: Path) -> None:
    path.symlink_to("nowhere")


def folder_with_a_file(path: Path) -> None:
    path.mkdir()
    (path / "notes").write_text("mine")


ODD = {"link": link_to_nothing, "folder": folder_with_a_file, "pipe": os.mkfifo}


@pytest.fixture
def damaged(checkout: Workspace, local: Place) -> Path:
    """An object of the cache that the remote holds too."""
    with Repo(str(checkout.root)) as repo:
        repo.push()
        (out,) = (out for out in repo.index.outs if out.def_path == "models/model.bin")
        return Path(out.cache_path)


def replace_by(odd: Callable[[Path], None], path: Path) -> None:
    path.unlink()
    odd(path)


@pytest.mark.parametrize("odd", ODD)
def test_what_is_no_file_is_named_and_waited_for_by_nobody(checkout: Workspace, damaged, odd: str) -> None:
    replace_by(ODD[odd], damaged)
    done = attempt(checkout, *CHECK)
    assert done.returncode == 1
    assert f"{damaged.name} (cannot be read), of models/model.bin\n" in done.stdout
    assert done.stderr.startswith(f"claims: cache: 1 of {FILES + 3} objects are corrupt.")


@pytest.mark.parametrize("odd", ["link", "pipe"])
def test_healing_puts_an_object_in_the_place_of_what_is_no_file(checkout, damaged, odd: str) -> None:
    replace_by(ODD[odd], damaged)
    checkout.run(*HEAL)
    assert damaged.read_bytes() == checkout.path("models/model.bin").read_bytes()
    assert not damaged.is_symlink()


def test_a_folder_in_an_objects_place_is_left_to_a_person(checkout: Workspace, damaged: Path) -> None:
    replace_by(folder_with_a_file, damaged)
    done = attempt(checkout, *HEAL)
    assert done.returncode == 1
    assert "(a folder lies in its place: delete it)" in done.stdout
    assert (damaged / "notes").read_text() == "mine"
    shutil.rmtree(damaged)
    checkout.run(*HEAL)


def test_what_cannot_be_read_is_not_removed(checkout: Workspace, damaged: Path, local: Place) -> None:
    """It may be whole: a person without the right to read it, a disk that answers later."""
    replace_by(link_to_nothing, damaged)
    (local.folder / "files" / "md5" / damaged.parent.name / damaged.name).unlink()
    done = attempt(checkout, *HEAL)
    assert done.returncode == 1
    assert f"{damaged.name} (not on the remote)" in done.stdout
    assert damaged.is_symlink()


def test_healing_a_linked_object_leaves_what_the_link_leads_to(checkout, damaged, tmp_path: Path) -> None:
    elsewhere = damaged.rename(tmp_path / "elsewhere")
    damaged.symlink_to(elsewhere)
    assert attempt(checkout, *CHECK).returncode == 0
    flip(elsewhere)
    altered = elsewhere.read_bytes()
    checkout.run(*HEAL)
    assert elsewhere.read_bytes() == altered
    assert damaged.read_bytes() == checkout.path("models/model.bin").read_bytes() != altered


def test_files_that_are_no_objects_are_left_alone(checkout: Workspace, damaged: Path) -> None:
    foreign = [damaged.with_name("notes.txt"), damaged.parents[1] / "README"]
    for path in foreign:
        path.write_text("mine")
    flip(damaged)
    assert f"{FILES + 3} objects hashed" in checkout.run(*HEAL).stdout
    assert [path.read_text() for path in foreign] == ["mine", "mine"]


def test_a_cache_that_cannot_be_written_is_said_to_be(checkout: Workspace, damaged: Path) -> None:
    shutil.rmtree(damaged.parent)
    damaged.parent.write_text("no folder")
    done = attempt(checkout, *HEAL)
    assert done.returncode == 1
    assert done.stderr.startswith(f"claims: {damaged}: cannot be written (")
    assert done.stderr.count("\n") == 1


def start_healing(checkout: Workspace) -> subprocess.Popen[bytes]:
    quiet = subprocess.DEVNULL
    return subprocess.Popen(
        HEAL, cwd=checkout.root, env=checkout.variables(), stdout=quiet, stderr=quiet, start_new_session=True
    )


def test_a_killed_heal_leaves_nothing_half_done_under_an_objects_name(tmp_path: Path) -> None:
    large = MAKE.replace("(3_000)", "(3_000) * (33_000 if 'model' in name else 1)")
    checkout = make_checkout(tmp_path / "claims-mlops", large)
    push(checkout)
    (kept,) = (path for path in cache_of(checkout).glob("??/*") if path.stat().st_size > 1_000_000)
    flip(kept)
    healing = start_healing(checkout)
    wait_until(lambda: any(kept.parent.glob("*.partial")) or healing.poll() is not None, "the fetch")
    assert healing.poll() is None, "it ended before it could be killed"
    os.killpg(healing.pid, signal.SIGKILL)
    healing.wait()
    assert f"corrupt: {kept.parent.name}{kept.name} (altered)" in attempt(checkout, *CHECK).stdout
    checkout.run(*HEAL)
    assert attempt(checkout, *CHECK).returncode == 0


def cache_of(checkout: Workspace) -> Path:
    return checkout.path(".dvc/cache/files/md5")


def test_two_at_once_leave_a_whole_cache(checkout: Workspace, damaged: Path) -> None:
    before = outputs(checkout)
    for path in cache_of(checkout).glob("??/*"):
        flip(path)
    both = [start_healing(checkout), start_healing(checkout)]
    assert 0 in [healing.wait(60) for healing in both]
    assert attempt(checkout, *CHECK).returncode == 0
    assert outputs(checkout) == before
