"""Promotion, rollback and archive in a real repository, and the tags that GTO reads."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from claims.base.errors import HistoryError, ModelError, ReleaseError
from claims.model.packed_file import append_record
from claims.registry.registry import Registry
from claims.releases.promotion import archive, promote, rollback
from claims.repository.git import Git
from release_parts import CANDIDATE, make_record

NAME = "claims-model"


@pytest.fixture
def three(registry: Registry, publish) -> Registry:
    for number in (1, 2, 3):
        publish(number)
    return registry


def live(registry: Registry, environment: str = "production") -> int | None:
    entry = registry.state().live(environment)
    return entry.release if entry else None


def gto(registry: Registry, *arguments: str) -> list[dict]:
    command = [str(Path(sys.executable).with_name("gto")), *arguments, "--json"]
    done = subprocess.run(command, cwd=registry.root, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_a_promotion_is_in_the_log_the_pointer_and_a_commit(three: Registry) -> None:
    entry = promote(three, 2, "production", "better on slices")
    assert (entry.release, entry.replaced, entry.who) == (2, None, "Ada <ada@example.com>")
    assert entry.gates == {"judge": "passed", "verify": "passed", "champion": "none to compare with"}
    assert json.loads((three.records / "production").read_text())["release"] == 2
    assert Git(three.root).text("log", "-1", "--format=%s") == "Promote 2 to production: better on slices"
    assert Git(three.root).text("status", "--porcelain") == ""


def test_each_stage_has_its_own_release(three: Registry) -> None:
    promote(three, 2, "production", "a")
    promote(three, 3, "staging", "b")
    assert (live(three), live(three, "staging")) == (2, 3)


def test_what_others_staged_stays_out_of_the_commit(three: Registry) -> None:
    (three.root / "mine.txt").write_text("unfinished")
    Git(three.root).text("add", "mine.txt")
    promote(three, 1, "staging", "a")
    assert set(Git(three.root).text("show", "--format=", "--name-only").split()) == {
        f"models/releases/{name}" for name in ("log.jsonl", "head", "staging")
    }
    assert Git(three.root).text("status", "--porcelain") == "A  mine.txt"


def test_rollbacks_go_back_one_by_one(three: Registry) -> None:
    for number in (1, 2, 1, 3):
        promote(three, number, "production", "a")
    reached = [rollback(three, "production", "worse").release for _ in range(3)]
    assert reached == [1, 2, 1]
    with pytest.raises(ReleaseError, match="production: nothing to go back to"):
        rollback(three, "production", "worse")
    assert live(three) == 1


def test_a_promotion_after_a_rollback_goes_back_to_what_was_rolled_back_to(three: Registry) -> None:
    for number in (1, 2):
        promote(three, number, "production", "a")
    rollback(three, "production", "worse")
    promote(three, 3, "production", "b")
    assert rollback(three, "production", "worse").release == 1


@pytest.mark.parametrize(
    ("put", "aside", "reached"),
    [
        ((1, 2, 3), {2}, [1]),
        ((1, 2, 1), {2}, []),  # what is left is what is live
        ((1, 2, 3, 1), {3}, [2, 1]),
    ],
    ids=str,
)
def test_a_rollback_passes_over_archived_releases(three: Registry, put, aside, reached: list[int]) -> None:
    for number in put:
        promote(three, number, "production", "a")
    for number in aside:
        archive(three, number, "wrong")
    assert [rollback(three, "production", "worse").release for _ in reached] == reached
    with pytest.raises(ReleaseError, match="nothing to go back to"):
        rollback(three, "production", "worse")


@pytest.mark.parametrize("act", [rollback, lambda r, environment, why: promote(r, 1, environment, why)])
def test_an_environment_that_there_is_not_is_refused(three: Registry, act) -> None:
    with pytest.raises(ReleaseError, match=r"prod: no such environment\. Environments: staging, production"):
        act(three, "prod", "a")


def test_what_is_live_already_and_what_is_not_there_is_refused(three: Registry) -> None:
    promote(three, 1, "production", "a")
    with pytest.raises(ReleaseError, match="release 1: on production already"):
        promote(three, 1, "production", "a")
    with pytest.raises(ReleaseError, match="9: no such release"):
        promote(three, 9, "production", "a")
    assert len(three.state().entries) == 4


def test_an_archived_release_cannot_go_live_again(three: Registry) -> None:
    promote(three, 1, "production", "a")
    promote(three, 2, "production", "b")
    archive(three, 1, "wrong")
    with pytest.raises(ReleaseError, match="release 1: archived"):
        promote(three, 1, "staging", "c")
    with pytest.raises(ReleaseError, match="production: nothing to go back to"):
        rollback(three, "production", "c")
    with pytest.raises(ReleaseError, match="archived already"):
        archive(three, 1, "again")
    with pytest.raises(ReleaseError, match="release 2: live on production"):
        archive(three, 2, "wrong")
    assert three.model_path(1).exists()


def test_a_model_that_is_not_the_released_one_does_not_go_live(three: Registry) -> None:
    path = three.model_path(2)
    path.write_bytes(append_record(CANDIDATE, make_record(1)))
    with pytest.raises(ReleaseError, match=r"2\.tflite: holds another record"):
        promote(three, 2, "production", "a")
    path.write_text("version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(ModelError, match="git lfs pull"):
        promote(three, 2, "production", "a")
    assert live(three) is None


@pytest.mark.parametrize(
    "alter",
    [
        lambda content: content + b"MORE",
        lambda content: content.replace(b"weights", b"WEIGHTS"),
        lambda content: content[:-1],
    ],
    ids=["bytes behind the end", "other weights", "cut short"],
)
def test_a_file_that_is_not_whole_does_not_go_live(three: Registry, alter) -> None:
    path = three.model_path(2)
    path.write_bytes(alter(path.read_bytes()))
    with pytest.raises(ModelError, match=r"2\.tflite: .*git checkout HEAD"):
        promote(three, 2, "production", "a")
    assert live(three) is None


def test_a_public_key_that_is_gone_does_not_let_unsigned_releases_go_live(
    registry, publish, make_key
) -> None:
    publish(1)
    publish(2, make_key())
    registry.public_key.unlink()
    with pytest.raises(ReleaseError, match=r"public_key\.pem: gone, though releases are signed"):
        promote(registry, 1, "production", "a")


def test_where_there_is_a_public_key_only_signed_releases_go_live(registry, publish, make_key) -> None:
    key = make_key()
    publish(1)
    publish(2, key)
    promote(registry, 2, "production", "a")
    with pytest.raises(ReleaseError, match="release 1: not signed"):
        promote(registry, 1, "production", "a")
    publish(3, make_key("other"))  # and the key exchanged for another
    with pytest.raises(ReleaseError, match="release 2: its signature is not by"):
        promote(registry, 2, "staging", "a")


def test_a_commit_that_fails_leaves_everything_as_it_was(three: Registry) -> None:
    promote(three, 1, "production", "a")
    before = {path: path.read_bytes() for path in three.records.iterdir()}
    hook = three.root / ".git" / "hooks" / "pre-commit"
    hook.write_text("#!/bin/sh\necho not today >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(HistoryError, match="git commit: not today"):
        promote(three, 2, "production", "b")
    assert {path: path.read_bytes() for path in three.records.iterdir()} == before
    assert Git(three.root).text("status", "--porcelain") == ""
    assert live(three) == 1


def test_whom_git_does_not_know_cannot_promote(three: Registry, monkeypatch) -> None:
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"):
        monkeypatch.delenv(name)
    Git(three.root).text("config", "user.useConfigOnly", "true")
    with pytest.raises(ReleaseError, match=r"git: does not know who you are\. git config user\.name"):
        promote(three, 1, "production", "a")
    assert live(three) is None


def test_gto_shows_versions_and_stages(three: Registry) -> None:
    for number, environment in ((1, "production"), (2, "staging"), (2, "production")):
        promote(three, number, environment, "a")
    shown = {row["version"]: {stage["stage"] for stage in row["stages"]} for row in gto(three, "show", NAME)}
    assert shown == {"v1.0.0": set(), "v2.0.0": {"production", "staging"}, "v3.0.0": set()}
    rollback(three, "production", "worse")
    assert [row["version"] for row in gto(three, "show", f"{NAME}#production")] == ["v1.0.0"]
    archive(three, 3, "never")
    assert {row["version"] for row in gto(three, "show", NAME)} == {"v1.0.0", "v2.0.0"}


def test_a_tag_points_at_the_commit_of_its_release(three: Registry) -> None:
    promote(three, 1, "production", "a")
    tags = Git(three.root).text("tag", "--list", "claims-model#*").splitlines()
    assert tags == ["claims-model#production#1"]
    commits = [
        Git(three.root).text("rev-parse", f"{tag}^{{commit}}") for tag in (*tags, "claims-model@v1.0.0")
    ]
    assert commits[0] == commits[1]
    assert Path(three.records / "1.json").exists()
