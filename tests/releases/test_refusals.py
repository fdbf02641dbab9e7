"""What a person meets who is not ready yet: no key, a locked one, another folder, a shallow clone."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from claims.base.errors import HistoryError, PipelineError, ReleaseError
from claims.cli import app
from claims.registry.checkout import commit_files
from claims.registry.registry import Registry
from claims.releases import contest
from claims.releases.release import Request, release
from claims.repository.git import Git
from claims.reproduction.clone import clean_clone
from claims.serving.predictor import OptimizedPredictor
from release_parts import make_record
from workspaces import ROOT


def ask(registry: Registry, key: Path) -> None:
    release(registry, Request("why not", key), print)


def test_a_key_that_is_not_there_is_named_with_how_to_make_one(registry: Registry, tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=r"none\.pem: no such file.*openssl genpkey"):
        ask(registry, tmp_path / "none.pem")


def test_a_key_with_a_passphrase_is_named_as_that(registry: Registry, make_key) -> None:
    locked = make_key("locked", "ed25519", "-aes256", "-pass", "pass:secret")
    with pytest.raises(ReleaseError, match=r"locked\.pem: locked by a passphrase\. Give an unlocked copy"):
        ask(registry, locked)


def test_a_key_in_the_repository_is_refused_under_any_name(registry: Registry, make_key) -> None:
    inside = registry.root / "models" / "mine"
    inside.parent.mkdir(exist_ok=True)
    inside.write_bytes(make_key().read_bytes())
    with pytest.raises(ReleaseError, match="mine: lies in the repository"):
        ask(registry, inside)


def test_a_file_in_a_releases_place_is_not_called_a_taken_number(registry: Registry, make_key) -> None:
    registry.model_path(1).parent.mkdir(parents=True)
    registry.model_path(1).write_bytes(b"mine")
    with pytest.raises(ReleaseError, match=r"1\.tflite: there already, though no release has the number"):
        ask(registry, make_key())


@pytest.mark.parametrize(
    "words",
    [
        ["release", "--why", "a", "--unsigned"],
        ["promote", "1", "--to", "staging", "--why", "a"],
        ["rollback", "--why", "a"],
        ["archive", "1", "--why", "a"],
        ["who-was-live"],
        ["releases"],
        ["diff", "1", "2"],
        ["check-release", "1"],
        ["reproduce", "1"],
        ["mirror"],
    ],
    ids=lambda command: command[0],
)
def test_another_folder_than_the_root_is_refused_and_left_alone(words, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 1
    assert "not the root of a checkout: it has no dvc.yaml. Change to the repository's root." in done.output
    assert list(tmp_path.iterdir()) == []


def test_code_that_no_stage_depends_on_is_not_released(registry: Registry, make_key, monkeypatch) -> None:
    """Else results of other code would be signed: DVC would not have run a stage again."""
    for name in ("src", "dvc.yaml", "params.yaml", ".gitattributes"):
        (shutil.copytree if name == "src" else shutil.copy)(ROOT / name, registry.root / name)
    module = registry.root / "src" / "claims" / "pipeline" / "split.py"
    module.write_text(f"{module.read_text()}\nfrom ..simulator import codes\n")
    commit_files(registry.root, [registry.root / name for name in ("src", "dvc.yaml", "params.yaml")], "code")
    monkeypatch.setattr("claims.repository.stage_code.check_own_code", lambda _: None)
    monkeypatch.setattr("claims.releases.release.check_clean", lambda _: None)
    monkeypatch.setattr("claims.releases.release.check_lfs", lambda *_: None)
    with pytest.raises(PipelineError, match=r"split imports src/claims/simulator/__init__\.py, which none"):
        ask(registry, make_key())


def test_without_git_the_refusal_says_so(registry: Registry, make_key, monkeypatch) -> None:
    key = make_key()
    monkeypatch.setenv("PATH", "")
    with pytest.raises(HistoryError, match="git: not installed"):
        ask(registry, key)


def test_a_commit_that_a_shallow_clone_lacks_is_named_with_the_remedy(registry, publish, tmp_path) -> None:
    commit = publish(1).code.commit
    shallow = tmp_path / "shallow"
    Git(registry.root).text("clone", "-q", "--depth=1", registry.root.resolve().as_uri(), str(shallow))
    with (
        pytest.raises(ReleaseError, match=rf"commit {commit[:12]}: not to be had.*--unshallow"),
        clean_clone(shallow, commit, None),
    ):
        pass


def test_a_champion_with_another_event_time_is_not_compared(registry: Registry, parts) -> None:
    path = registry.model_path(1)
    path.parent.mkdir(parents=True)
    path.write_bytes(parts.packed.read_bytes())
    challenger = OptimizedPredictor.load(path)
    contract = challenger.contract
    other = contract.model_copy(
        update={"claims": contract.claims.model_copy(update={"event_time": "service_from"})}
    )
    with pytest.raises(ReleaseError, match="the champion: its contract has another event time"):
        contest._champion(
            registry,
            make_record(),
            SimpleNamespace(contract=other, key_fingerprint=challenger.key_fingerprint),
        )
