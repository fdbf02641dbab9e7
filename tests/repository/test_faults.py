"""Twenty faults in remotes and cache, four of each kind: all are detected, and nothing wrong is served."""

import shutil
from contextlib import suppress
from pathlib import Path

import pytest
from dvc.exceptions import DvcException
from dvc.repo import Repo
from dvc_objects.errors import ObjectFormatError

from claims.base.errors import StorageError
from claims.repository.cache import check_cache
from claims.repository.dvc import open_repo
from claims.repository.heal import heal
from claims.repository.remote import check_remote
from repository.conftest import HARMS, clone, flip, kill_push, make_many, outputs
from repository.servers import Place
from workspaces import Workspace

STOPPED = (DvcException, ObjectFormatError)  # the latter where a folder's list is no JSON
KINDS = [(harm, what) for harm in HARMS for what in ("file", "folder")]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return make_many(tmp_path_factory.mktemp("many"), 80)


def victim(store: Path, what: str) -> Path:
    """An object of a store: a file of data, or a folder's list."""
    listed = sorted(store.rglob("files/md5/??/*"))
    return next(path for path in listed if path.name.endswith(".dir") == (what == "folder"))


@pytest.mark.parametrize(("harm", "what"), KINDS)
def test_a_fault_on_the_remote_is_detected_and_not_served(checkout, local: Place, harm, what) -> None:
    with Repo(str(checkout.root)) as repo:
        repo.push()
    damaged = victim(local.folder, what)
    HARMS[harm](damaged)
    with open_repo(checkout.root) as repo:  # whose cache knows how long each object is
        assert bool(check_remote(repo).absent) == ((harm, what) != ("flipped", "file"))
    fresh = clone(checkout)
    with open_repo(fresh.root) as repo:
        healed = heal(repo, check_cache(repo), None)
        assert list(healed.lost) == [damaged.parent.name + damaged.name]
        with pytest.raises(StorageError):
            healed.demand_all()
        assert check_cache(repo).corrupt == []
    with Repo(str(fresh.root)) as repo, pytest.raises(DvcException):
        repo.checkout()
    if (harm, what) != ("flipped", "folder"):  # see below
        with Repo(str(fresh.root)) as repo, pytest.raises(STOPPED):
            repo.pull()
    assert outputs(fresh).items() < outputs(checkout).items()


def test_dvc_pull_takes_a_list_with_a_wrong_name_and_the_check_notices(checkout, local: Place) -> None:
    """Fails once DVC verifies lists; docs/storage.md then has to change."""
    with Repo(str(checkout.root)) as repo:
        repo.push()
    flip(victim(local.folder, "folder"))
    fresh = clone(checkout)
    with Repo(str(fresh.root)) as repo:
        repo.pull()
    assert outputs(fresh).keys() != outputs(checkout).keys()
    with open_repo(fresh.root) as repo, pytest.raises(StorageError, match="1 folders lack their list"):
        check_cache(repo).demand_whole()
    flip(victim(local.folder, "folder"))  # back
    with open_repo(fresh.root) as repo:
        heal(repo, check_cache(repo), None).demand_all()
    with Repo(str(fresh.root)) as repo:  # which remembers the wrong list until it is healed
        repo.checkout(force=True)
    assert outputs(fresh) == outputs(checkout)


@pytest.mark.parametrize(("harm", "what"), KINDS)
def test_a_fault_in_the_cache_is_detected_and_not_served(checkout, local: Place, harm, what) -> None:
    with Repo(str(checkout.root)) as repo:
        repo.push()
    before, damaged = outputs(checkout), victim(checkout.path(".dvc/cache"), what)
    HARMS[harm](damaged)
    for name in ("data/claims", "data/split.bin", "models/model.bin"):
        path = checkout.path(name)
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    with open_repo(checkout.root) as repo:
        checked = check_cache(repo)
        assert [stored.oid for stored in (*checked.corrupt, *checked.missing)] == [
            damaged.parent.name + damaged.name
        ]
        if harm == "missing":
            with Repo(str(checkout.root)) as dvc, suppress(DvcException):
                dvc.checkout()  # stops, or takes a list that it remembers
            assert outputs(checkout).items() <= before.items()
        else:
            with pytest.raises(StorageError, match=r"1 of \d+ objects are corrupt"):
                checked.demand_whole()
        heal(repo, checked, None)
    with Repo(str(checkout.root)) as repo:
        repo.checkout()
    assert outputs(checkout) == before


@pytest.mark.parametrize("sent", [1, 20, 40, 60])
def test_a_killed_push_is_detected_and_not_served(many: Workspace, tmp_path: Path, sent: int) -> None:
    place = Place("local", tmp_path / "remote", {"url": str(tmp_path / "remote")})
    kill_push(place.use(many), sent)
    assert len(place.objects()) <= sent
    with open_repo(many.root) as repo:
        assert check_remote(repo).absent
    fresh = clone(place.use(many), f"clone-{sent}")
    with Repo(str(fresh.root)) as repo:
        with pytest.raises(STOPPED):
            repo.pull()
        assert outputs(fresh).items() < outputs(many).items()
    with Repo(str(many.root)) as repo:
        repo.push()
    with open_repo(many.root) as repo:
        assert check_remote(repo).absent == {}
    with Repo(str(fresh.root)) as repo:
        repo.pull()
    assert outputs(fresh) == outputs(many)
