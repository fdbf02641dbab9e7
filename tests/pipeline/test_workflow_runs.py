"""The workflows' own steps, run one after another between clones, a Git server's repository and S3."""

import json
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from delivery.conftest import commit, shortened
from delivery.runner import Runner, runner
from pipeline_parts import FLOAT32
from repository.servers import Place, s3  # noqa: F401 (a fixture)
from workspaces import ROOT, Workspace

pytestmark = [
    pytest.mark.skipif(shutil.which("git-lfs") is None, reason="git-lfs is not installed"),
    pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed"),
]
WORKFLOWS = ROOT / ".github" / "workflows"
IS_OWN = "github.event.pull_request.head.repo.full_name == github.repository"
LINK = "https://github.com/owner/name/blob"


@dataclass(frozen=True)
class Team:
    """A repository that others can reach, its data on S3, and a person's checkout of it."""

    author: Workspace
    origin: Path
    place: Place
    key: str

    def runner(self, name: str, **more: str) -> Runner:
        """A machine of its own for one job; the others' keys and settings as GitHub would hold them."""
        values = {
            "vars.DVC_REMOTE": "s3",
            f"{IS_OWN} && vars.DVC_REMOTE || ''": "s3",
            "github.server_url": "https://github.com",
            "github.repository": "owner/name",
            "github.token": "a token",
            "github.triggering_actor": "ada",
            "github.event.repository.default_branch": "main",
            "github.ref_name": "main",
            "secrets.PULL_REQUEST_TOKEN || github.token": "a token",
            "secrets.CLAIMS_SIGNING_KEY": self.key,
            "secrets.CLAIMS_HASH_KEY": "",
            "secrets.PGPASSWORD": "",
        }
        values |= {f"secrets.{key}": value for key, value in self.place.environment.items()}
        anonymous = replace(self.author, environment={})
        return runner(self.origin.parent / name, self.origin, values | more, anonymous)

    def push(self, branch: str) -> None:
        """What its author does: data first, then the branch."""
        self.author.run("dvc", "push", "-q", "-r", "s3")
        self.author.run("git", "push", "-q", "origin", branch)


def make_team(root: Path, author: Workspace, place: Place, key: str) -> Team:
    """Name the remote in .dvc/config and push everything to both servers."""
    for name, value in place.settings.items() | {("region", "us-east-1")}:
        author.run("dvc", "remote", "modify", "s3", name, value)
    origin = root / "origin.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", origin], check=True)
    author.run("git", "branch", "-M", "main")
    author.run("git", "remote", "add", "origin", str(origin))
    commit(author, "our remote")
    team = Team(replace(author, environment=place.environment), origin, place, key)
    team.push("main")
    return team


@pytest.fixture(scope="module")
def team(
    reproduced,
    s3: Callable[[Path], Place],  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> Team:
    root = tmp_path_factory.mktemp("team")
    author = reproduced.copy(root / "author")
    made = ["openssl", "genpkey", "-algorithm", "ed25519"]
    key = subprocess.run(made, check=True, capture_output=True, text=True).stdout
    return make_team(root, author, s3(root), key)


@pytest.fixture(scope="module")
def commented(team: Team, preferring_float32: Workspace) -> Runner:
    """A pull request that ships another variant: its job, and the one that posts the comment."""
    team.author.run("git", "switch", "-qc", "smaller")
    team.author.take_runs(preferring_float32)
    team.author.set_params(FLOAT32)
    team.author.run("dvc", "repro", "-q")
    head = commit(team.author, "a smaller variant")
    team.push("smaller")
    machine = team.runner(
        "pull-request",
        **{
            "github.event.pull_request.base.ref": "main",
            "github.event.pull_request.head.sha": head,
            "github.event.pull_request.number": "7",
        },
    )
    machine.run_job(WORKFLOWS / "pull-request.yml", "reproduce", "origin/smaller")
    machine.run_job(WORKFLOWS / "pull-request.yml", "comment", "origin/smaller")
    return machine


@pytest.fixture(scope="module")
def merged(team: Team, commented: Runner) -> Team:
    """The same on main."""
    assert commented.told_path.exists()
    team.author.run("git", "switch", "-q", "main")
    team.author.run("git", "merge", "-q", "--no-ff", "-m", "merge", "smaller")
    team.push("main")
    return team


@pytest.fixture(scope="module")
def released(merged: Team) -> Runner:
    """The first release, by a tag."""
    why = {"inputs.why || format('tag {0}', github.ref_name)": "tag release-smaller"}
    machine = merged.runner("release", **why)
    machine.run_job(WORKFLOWS / "release.yml", "release")
    return machine


def test_a_pull_request_takes_everything_from_the_remote_and_says_what_differs(commented: Runner) -> None:
    text = commented.body_path.read_text()
    assert commented.told_path.read_text() == "pr comment 7 --edit-last --create-if-none --body-file -\n"
    assert "judge.prefer" in text
    assert "Not committed" not in text
    assert f"{LINK}/" in text
    assert text.strip() == commented.summary.read_text().strip()


def test_main_runs_nothing_that_was_run_and_finds_all_of_it_on_the_remote(merged: Team) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in merged.place.objects()}
    machine = merged.runner("main")
    machine.run_job(WORKFLOWS / "main.yml", "share")
    assert {path.name: path.stat().st_mtime_ns for path in merged.place.objects()} == before
    assert "judge.prefer" in machine.summary.read_text()


def test_a_release_is_a_branch_with_its_model_tags_and_configuration(released: Runner, merged: Team) -> None:
    told = released.told_path.read_text().splitlines()
    assert told[0] == "auth setup-git"
    assert told[1].startswith("pr create --base main --head releases/1 --title Release 1")
    reader = Workspace(merged.origin.parent / "reader")
    merged.author.run("git", "clone", "-q", "-b", "releases/1", str(merged.origin), str(reader.root))
    reader.run("git", "lfs", "install", "--local")
    reader.run("git", "lfs", "pull")
    checked = reader.run("claims", "check-release", "1").stdout
    assert "signature: by the holder of models/releases/public_key.pem" in checked
    active = reader.path("deploy/kubernetes/overlays/staging/active-model.env").read_text()
    assert active.endswith("ML_MODEL_PATH=/srv/claims/models/tflite_models/claims_model/1.tflite\n")
    entry = json.loads(reader.run("claims", "who-was-live", "--on", "staging", "--json").stdout)["entry"]
    assert (entry["who"], entry["why"]) == ("ada <ada@users.noreply.github.com>", "tag release-smaller")
    tags = merged.author.run("git", "ls-remote", "--tags", "origin").stdout
    assert "refs/tags/claims-model@v1.0.0\n" in tags
    assert "refs/tags/claims-model#staging#1\n" in tags


def test_a_second_release_is_compared_with_the_one_on_production(released: Runner, merged: Team) -> None:
    """After the first one's pull request was merged, and a person promoted it."""
    author = merged.author
    author.run("git", "lfs", "install", "--local")
    author.run("git", "pull", "-q", "--tags", "origin", "releases/1")
    author.run("claims", "promote", "1", "--to", "production", "--why", "go")
    author.run("git", "push", "-q", "--follow-tags", "origin", "main")
    why = {"inputs.why || format('tag {0}', github.ref_name)": "again"}
    machine = merged.runner("release-again", **why)
    machine.run_job(WORKFLOWS / "release.yml", "release")
    assert "--head releases/2" in machine.told_path.read_text()
    record = json.loads(machine.checkout.path("models/releases/2.json").read_bytes())
    assert record["gates"]["champion"]["release"] == 1
    assert record["gates"]["champion"]["roc_auc"]["difference"] == 0


@pytest.fixture(scope="module")
def short_team(
    s3: Callable[[Path], Place],  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> Team:
    """A pipeline that ends with the splits, of claims before May."""
    root = tmp_path_factory.mktemp("retraining")
    author = shortened(root / "author", {"source.until": "2026-05-01"})
    author.use_environment()
    author.run("dvc", "repro", "-q")
    return make_team(root, author, s3(root), "")


def test_a_retraining_is_a_branch_whose_data_is_on_the_remote(short_team: Team) -> None:
    values: Mapping[str, str] = {"inputs.until": "2026-06-01", "inputs.why || 'monthly'": "approvals fell"}
    machine = short_team.runner("retrain", **values)
    machine.run_job(WORKFLOWS / "retrain.yml", "retrain")
    told = machine.told_path.read_text().splitlines()[-1]
    assert told.startswith("pr create --base main --head retrain/2026-06-01 --title Retrain: approvals fell")
    reviewer = replace(short_team.author, root=short_team.origin.parent / "reviewer")
    address = str(short_team.origin)
    short_team.author.run("git", "clone", "-q", "-b", "retrain/2026-06-01", address, str(reviewer.root))
    reviewer.run("dvc", "remote", "default", "--local", "s3")
    assert reviewer.ran(reviewer.run("dvc", "repro", "--pull").stdout) == []
    extracted = json.loads(reviewer.path("metrics/extract.json").read_text())
    assert "2026-05-01" <= extracted["last_event"] < "2026-06-01"
    assert "source.until" in (machine.checkout.path(".cache/comment.md")).read_text()
