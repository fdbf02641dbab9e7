"""Releases as a person makes them: refused, made, compared, put live, and made again in another clone."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from claims.cli import app
from claims.model.container import split_members
from claims.model.packed_file import RECORD
from claims.registry.registry import Registry
from claims.reproduction import reproduce as reproduction
from claims.reproduction.elsewhere import Agreement, agree
from pipeline_parts import FLOAT32, STAGES, made_by_stages
from workspaces import Workspace

pytestmark = [
    pytest.mark.skipif(shutil.which("git-lfs") is None, reason="git-lfs is not installed"),
    pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed"),
]


QUICK = [
    "simulate",
    "extract",
    "validate",
    "split",
    "featurize",
    "represent",
    "judge",
    "report",
]  # train nothing
KILLED = """
import os, signal
from pathlib import Path
from claims.releases import release
release.commit_files = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
request = release.Request("killed", Path(os.environ["CLAIMS_SIGNING_KEY"]), "the same model again")
release.release(release.Registry(), request, print)
"""


@dataclass(frozen=True)
class House:
    """A repository with releases, and the key that signs them."""

    workspace: Workspace
    key: Path

    @property
    def registry(self) -> Registry:
        return Registry(self.workspace.root)

    def claims(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """`claims …` in the repository, whether it succeeds or not."""
        return subprocess.run(
            [sys.executable, "-m", "claims.cli", *arguments],
            cwd=self.workspace.root,
            env=self.workspace.variables(CLAIMS_SIGNING_KEY=str(self.key), **environment),
            capture_output=True,
            text=True,
            check=False,
        )

    def done(self, *arguments: str) -> str:
        """What `claims …` prints; it must succeed."""
        process = self.claims(*arguments)
        assert process.returncode == 0, process.stderr
        return process.stdout

    def refused(self, *arguments: str, **environment: str) -> str:
        """The one line of a refusal."""
        before = self.git("status", "--porcelain"), self.git("rev-parse", "HEAD")
        process = self.claims(*arguments, **environment)
        assert (process.returncode, process.stdout.strip().isdecimal()) == (1, False), process.stdout
        assert (self.git("status", "--porcelain"), self.git("rev-parse", "HEAD")) == before
        return process.stderr.splitlines()[-1]

    def git(self, *arguments: str) -> str:
        return self.workspace.run("git", *arguments).stdout.strip()

    def commit(self, why: str) -> None:
        self.git("add", "-A")
        self.git("commit", "-qm", why)

    def content(self, name: str) -> str:
        """A file as Git holds it."""
        return self.git("cat-file", "-p", f"HEAD:{name}")


@pytest.fixture(scope="module")
def first(reproduced, tmp_path_factory) -> House:
    """Release 1, signed and on production."""
    workspace = reproduced.copy(tmp_path_factory.mktemp("releases") / "claims-mlops")
    key = workspace.root.parent / "release-key.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True)
    house = House(workspace, key)
    assert house.done("release", "--why", "the first one").strip() == "1"
    house.done("promote", "1", "--to", "production", "--why", "go")
    return house


@pytest.fixture(scope="module")
def second(first: House, preferring_float32: Workspace) -> House:
    """Release 2, another variant."""
    first.workspace.take_runs(preferring_float32)
    first.workspace.set_params(FLOAT32 | {"release.margin": 0.5})
    first.workspace.run("dvc", "repro", "-q")
    first.commit("float32")
    assert first.done("release", "--why", "larger").strip() == "2"
    return first


@pytest.fixture(scope="module")
def tampered(second: House) -> House:
    """Release 3, of a commit whose code does not make what its lock says; 4, whose claims were changed."""
    house, module = second, "src/claims/pipeline/validate.py"
    house.workspace.replace(module, {"undated.num_rows)": "undated.num_rows + 7)"})
    house.workspace.set_params({"release.min_class": 99999})
    house.workspace.run("dvc", "commit", "-q", "-f")
    house.commit("changed code, not run")
    assert "99999 of each (release.min_class)" in house.refused("release", "--why", "a lie")
    assert house.done("release", "--why", "a lie", "--override", "few claims yet").strip() == "3"
    house.workspace.replace(module, {"undated.num_rows + 7)": "undated.num_rows)"})
    claims = house.workspace.path("data/raw/claims.parquet")
    content = bytearray(claims.read_bytes())
    content[1000] ^= 1
    claims.unlink()
    claims.write_bytes(bytes(content))
    house.workspace.run("dvc", "commit", "-q", "-f")
    house.commit("changed claims, not run")
    house.done("release", "--why", "another lie", "--override", "few claims yet")
    return house


def clone_of(house: House, root: Path) -> House:
    """Its repository in another folder, with neither cache nor remote."""
    subprocess.run(["git", "clone", "-q", house.workspace.root.as_uri(), root], check=True)
    return House(replace(house.workspace, root=root), house.key)


def run_only(monkeypatch: pytest.MonkeyPatch, *stages: str) -> None:
    """Let a reproduction in this process run some stages, and take what others made from the cache."""

    def restore_others(clone, lock, number, from_source):
        clone.dvc("pull", "-q", "-r", "checkout")
        return list(stages)

    monkeypatch.setattr(reproduction, "_stages_to_run", restore_others)


def use_environment(monkeypatch: pytest.MonkeyPatch, workspace: Workspace) -> None:
    """Give this process the environment of a workspace's commands."""
    for name, value in workspace.variables().items():
        monkeypatch.setenv(name, value)


def record_of(house: House, number: int) -> dict:
    return json.loads(house.registry.record_path(number).read_bytes())


def test_a_changed_tree_is_refused(first: House) -> None:
    path = first.workspace.path("notes.txt")
    path.write_text("unfinished")
    assert "the working tree: 1 changed or new, notes.txt first" in first.refused("release", "--why", "a")
    path.unlink()


def test_a_stale_lock_is_refused(first: House) -> None:
    first.workspace.set_params({"train.max_epochs": 3})
    first.commit("more epochs, not run")
    said = first.refused("release", "--why", "a")
    assert "dvc.lock: stale: tune would run again, and 2 more" in said
    first.git("reset", "-q", "--hard", "HEAD~1")


def test_a_machine_without_git_lfs_is_refused(first: House, tmp_path: Path) -> None:
    (tmp_path / "git").symlink_to(shutil.which("git"))
    assert "Git LFS: not installed" in first.refused("release", "--why", "a", PATH=str(tmp_path))


def test_models_that_git_would_hold_itself_are_refused(first: House) -> None:
    path = first.workspace.path(".gitattributes")
    before = path.read_text()
    path.write_text("")
    assert ".gitattributes: does not give models/tflite_models/" in first.refused("release", "--why", "a")
    path.write_text(before)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--why", "a", "--number", "1"], "release 1: the number is taken"),
        (["--why", " "], "--why: empty"),
        (["--why", "a", "--override", ""], "--override: empty"),
        (["--why", "a", "--unsigned"], "this release would not be signed"),
    ],
)
def test_a_wrong_request_is_refused(first: House, arguments: list[str], problem: str) -> None:
    assert problem in first.refused("release", *arguments)


def test_another_key_than_the_one_that_is_known_is_refused(first: House, tmp_path: Path) -> None:
    key = tmp_path / "other.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True)
    assert "not the key that models/releases/public_key.pem confirms" in first.refused(
        "release", "--why", "a", "--key", str(key)
    )


def test_a_private_key_in_the_repository_is_refused(first: House) -> None:
    path = first.workspace.path("release-key.pem")
    path.write_bytes(first.key.read_bytes())
    assert first.git("status", "--porcelain") == ""  # it cannot be added by accident
    said = first.refused("release", "--why", "a", "--key", "release-key.pem")
    assert "release-key.pem: lies in the repository, where a commit would hold it" in said
    path.unlink()


def test_an_override_does_not_pass_over_an_altered_champion(first: House) -> None:
    path = first.registry.model_path(1)
    path.write_bytes(path.read_bytes() + b"more")
    first.commit("altered")
    said = first.refused("release", "--why", "a", "--override", "b")
    assert "1.tflite: no complete packed model" in said
    first.git("reset", "-q", "--hard", "HEAD~1")


def test_a_champion_that_git_lfs_has_not_fetched_is_named_with_the_remedy(first: House) -> None:
    path = first.registry.model_path(1)
    content = path.read_bytes()
    path.write_text(first.content("models/tflite_models/claims_model/1.tflite") + "\n")
    first.git("add", "-A")  # as after a clone without LFS: the same to Git
    said = first.refused("release", "--why", "a", "--override", "b")
    path.write_bytes(content)
    first.git("add", "-A")
    assert "1.tflite: a Git LFS pointer, not the model. Run `git lfs pull`" in said


def test_a_release_that_is_killed_is_undone_by_the_next_act(first: House) -> None:
    before = first.workspace.bytes_of("models")
    variables = first.workspace.variables(CLAIMS_SIGNING_KEY=str(first.key))
    killed = subprocess.run(
        [sys.executable, "-c", KILLED],
        cwd=first.workspace.root,
        env=variables,
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -9, killed.stderr
    assert "models/releases/2.json" in first.git("status", "--porcelain")
    said = first.claims("promote", "1", "--to", "production", "--why", "again").stderr
    assert "undone, as its process was killed: " in said
    assert "release 1: on production already" in said
    assert first.git("status", "--porcelain") == ""
    assert first.workspace.bytes_of("models") == before


def test_a_number_taken_on_another_branch_is_not_given_again(first: House) -> None:
    first.git("tag", "-a", "claims-model@v7.0.0", "-m", "elsewhere")
    assert "release 7: the number is taken" in first.refused("release", "--why", "a", "--number", "7")
    first.git("tag", "-d", "claims-model@v7.0.0")


def test_a_commit_that_fails_leaves_no_release(first: House) -> None:
    hook = first.workspace.path(".git/hooks/pre-commit")
    hook.write_text("#!/bin/sh\necho not today >&2\nexit 1\n")
    hook.chmod(0o755)
    before = first.workspace.bytes_of("models")
    assert "git commit: not today" in first.refused("release", "--why", "a", "--override", "again")
    assert first.workspace.bytes_of("models") == before
    hook.unlink()


def test_the_first_release_lies_in_git_and_its_models_in_git_lfs(first: House) -> None:
    identity = hashlib.sha256(first.registry.record_path(1).read_bytes()).hexdigest()
    assert identity == first.registry.state().entries[0].identity
    listed = first.git("ls-files", "models/tflite_models", "models/saved_model").splitlines()
    assert {Path(name).suffix for name in listed} >= {".tflite", ".pb", ".index"}
    assert all(first.content(name).startswith("version https://git-lfs") for name in listed)
    assert first.content("models/releases/1.json").startswith('{"candidate"')
    assert identity in first.content("models/releases/1.md")
    assert first.git("status", "--porcelain") == ""


def test_the_released_file_is_the_verified_one_with_its_record_at_the_end(first: House) -> None:
    verified = first.workspace.path("models/claims_model.tflite")
    released = first.registry.model_path(1)
    before, after = (split_members(path.read_bytes()) for path in (verified, released))
    assert after[0] == before[0]
    assert list(after[1]) == [*before[1], RECORD]
    assert after[1][RECORD] == first.registry.record_path(1).read_bytes()


def test_the_record_names_the_commit_that_was_released_from(first: House) -> None:
    record = record_of(first, 1)
    assert record["code"]["commit"] == first.git("rev-parse", "claims-model@v1.0.0^{commit}~1")
    assert record["gates"]["champion"] is None


def test_scoring_can_ask_for_the_signature(first: House, tmp_path: Path) -> None:
    public = str(first.registry.public_key)
    score = ["score", "--input", os.devnull, "--output", str(tmp_path / "out.csv"), "--public-key", public]
    unreleased = first.refused(*score, "--model", "models/claims_model.tflite")
    assert "models/claims_model.tflite: not a released model" in unreleased
    alone = tmp_path / "1.tflite"
    shutil.copy(first.registry.model_path(1), alone)
    assert "no signature beside it (1.sig)" in first.refused(*score, "--model", str(alone))
    shutil.copy(first.registry.signature_path(1), tmp_path)
    claims = tmp_path / "none.jsonl"
    claims.touch()
    first.done(*score[:1], "--input", str(claims), *score[3:], "--model", str(alone))
    assert (tmp_path / "out.csv").read_text().startswith('"claim_id"')


def test_dvc_finds_the_model_of_a_version_and_of_a_stage(first: House, tmp_path: Path) -> None:
    verified = first.workspace.path("models/claims_model.tflite").read_bytes()
    for place, choice in (("one", ["--rev", "v1.0.0"]), ("two", ["--stage", "production"])):
        target = tmp_path / place
        first.workspace.run("dvc", "artifacts", "get", ".", "claims-model", *choice, "-o", str(target))
        assert target.read_bytes() == verified


def test_an_override_is_recorded_with_its_reason(tampered: House) -> None:
    (entry,) = (e for e in tampered.registry.state().entries if e.action == "release" and e.release == 3)
    assert entry.gates["override"] == "few claims yet"
    compared = record_of(tampered, 3)["gates"]["champion"]
    assert compared["release"] == 1
    assert "test claims that it never saw" in compared["not_compared"]
    assert compared["not_compared"] in tampered.registry.records.joinpath("3.md").read_text()


def test_champion_and_challenger_score_as_each_was_measured(second: House) -> None:
    """Both through their own packed encoder, from the claims as extracted."""
    champion, challenger = record_of(second, 1), record_of(second, 2)
    compared = challenger["gates"]["champion"]
    assert compared["rows"] == challenger["data"]["windows"]["test"]["rows"]
    for metric in ("roc_auc", "average_precision"):
        assert compared[metric]["champion"] == pytest.approx(champion["metrics"]["variant"][metric], abs=1e-6)
        assert compared[metric]["challenger"] == pytest.approx(
            challenger["metrics"]["variant"][metric], abs=1e-6
        )
        assert compared[metric]["low"] <= compared[metric]["difference"]


def test_the_commands_show_what_was_released(second: House) -> None:
    assert "float32" in second.done("diff", "1", "2")
    assert "production" in second.done("releases")
    answer = json.loads(second.done("who-was-live", "--json"))
    assert (answer["entry"]["release"], answer["record"]) == (1, record_of(second, 1))
    assert second.done("check-release", "2").count("\n") == 3


def test_promotion_and_rollback_from_the_command_line(second: House) -> None:
    assert second.done("promote", "1", "--to", "staging", "--why", "try").strip() == "release 1 is on staging"
    assert second.done("promote", "2", "--to", "staging", "--why", "try").strip().endswith("release 1")
    rolled = second.done("rollback", "--on", "staging", "--why", "worse").strip()
    assert rolled == "release 1 is on staging, in place of release 2"
    assert second.done("archive", "2", "--why", "worse").strip() == "release 2 is archived"


def assert_made_again(kept: Workspace, made_before: dict[str, bytes], lines: list[str]) -> list[str]:
    """What a reproduction of release 1 said and kept is what was made before; the stages that it ran."""
    assert lines[-1] == "release 1: every output has the same bytes, and so has the released file"
    made = made_by_stages(kept)
    assert made.keys() == made_before.keys()
    assert [name for name, content in made_before.items() if content != made[name]] == []
    return [line.partition(":")[0] for line in lines if line.endswith(": the same bytes")]


def test_a_release_is_made_again_in_a_clone_byte_for_byte(
    first: House, reproduced, tmp_path, monkeypatch
) -> None:
    """From the source on, with all that trains taken from the cache; a drill runs that too."""
    run_only(monkeypatch, *QUICK)
    use_environment(monkeypatch, first.workspace)
    monkeypatch.chdir(first.workspace.root)
    kept = replace(first.workspace, root=tmp_path / "kept")
    done = CliRunner().invoke(app, ["reproduce", "1", "--from-source", "--keep", str(kept.root)])
    assert done.exit_code == 0, done.output
    assert assert_made_again(kept, reproduced.made, done.stdout.splitlines()) == QUICK


@pytest.mark.drill
def test_a_release_made_in_one_clone_is_made_again_in_another_byte_for_byte(
    first: House, reproduced, tmp_path
) -> None:
    """From the source on: the other clone has neither cache nor remote."""
    other, kept = clone_of(first, tmp_path / "claims-mlops"), replace(first.workspace, root=tmp_path / "kept")
    lines = other.done("reproduce", "1", "--from-source", "--keep", str(kept.root)).splitlines()
    ran = assert_made_again(kept, reproduced.made, lines)
    assert ran[:2] == ["simulate", "extract"]
    assert set(ran) == set(STAGES) - {"track"}


def test_who_was_forgotten_since_does_not_come_back_from_the_source(first: House, tmp_path) -> None:
    other = clone_of(first, tmp_path / "claims-mlops")
    with closing(sqlite3.connect(first.workspace.path("data/demo/claims_production.db"))) as source:
        query = "SELECT member_id, COUNT(*) FROM claims_production GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1"
        member, claims = source.execute(query).fetchone()
    other.done("forget", member, "--column", "member_id")
    process = other.claims("reproduce", "1", "--from-source")
    assert "note: without the subjects of 1 tombstones written since" in process.stdout
    assert "extract is the first stage that differs" in process.stderr
    assert f"forgotten 0 recorded, {claims} made (+{claims})" in process.stderr


def test_changed_code_is_named_as_the_first_stage_that_differs(tampered: House) -> None:
    said = tampered.refused("reproduce", "3")
    assert said.startswith("claims: release 3: validate is the first stage that differs, in ")
    assert "metrics/validate.json: without_event_time" in said
    assert "(+7)" in said


def test_changed_claims_are_named_as_the_first_stage_that_differs(tampered: House) -> None:
    said = tampered.refused("reproduce", "4", "--from-source")
    assert (
        "extract is the first stage that differs, in data/raw: 1 byte differs, claims.parquet first" in said
    )


def test_on_another_processor_decisions_and_scores_count(tampered: House, monkeypatch) -> None:
    """All stages but one taken from the cache; that one differs."""
    run_only(monkeypatch, "validate")
    use_environment(monkeypatch, tampered.workspace)
    *_, last = reproduction.reproduce(tampered.registry, 3, here=("another",))
    assert last.startswith(
        "release 3: not the same bytes, since this processor has other vector instructions"
    )
    assert "0 of 2" in last
    monkeypatch.setattr(reproduction, "agree", lambda *_: Agreement(claims=200, decisions=3, score=0.4))
    with pytest.raises(reproduction.ReleaseError, match=r"validate is the first.*3 of 200 decisions differ"):
        list(reproduction.reproduce(tampered.registry, 3, here=("another",)))


def test_agreement_is_of_decisions_and_scores(second: House) -> None:
    data = second.workspace.path("data")
    same, other = (
        agree(second.registry.model_path(1), second.registry.model_path(number), data) for number in (1, 2)
    )
    assert (same.decisions, same.score, same.holds(0.0)) == (0, 0.0, True)
    assert other.score > 0
    assert not other.holds(0.0)
    assert not Agreement(claims=200, decisions=1, score=0.0).holds(1.0)


def test_a_damaged_snapshot_is_named_and_never_used(tampered: House, tmp_path: Path) -> None:
    cache = tampered.workspace.path(".dvc/cache/files/md5")
    damaged = 0
    for path in tampered.workspace.path("data/raw").glob("lines.parquet"):
        digest = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
        stored = cache / digest[:2] / digest[2:]
        stored.chmod(0o644)
        stored.write_bytes(stored.read_bytes()[:-1] + b"\0")
        damaged += 1
    assert damaged == 1
    said = tampered.refused("reproduce", "1")
    assert (
        "extract is the first stage that differs: neither cache nor remote has data/raw as recorded" in said
    )


def test_the_folder_to_keep_a_run_in_has_to_be_new(first: House, tmp_path: Path) -> None:
    assert "is there already" in first.refused("reproduce", "1", "--keep", str(tmp_path))
