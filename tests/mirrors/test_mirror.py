"""The mirror on a real MLflow server: it follows Git, is repaired, and never decides."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from claims.cli import app
from claims.model.formats import seal_and_join
from claims.model.formats.format_1 import CONTENTS
from claims.registry.registry import Registry
from claims.repository.git import Git
from metrics_parts import write_all
from workspaces import ROOT

pytest.importorskip("mlflow", reason="the extra mlflow is not installed")

from mlflow import MlflowClient
from mlflow.artifacts import download_artifacts
from mlflow.exceptions import MlflowException

NAME = "claims-model"
NOWHERE = "http://me:secret@127.0.0.1:1"
FILES = ("params.yaml", "requirements.txt", "dvc.lock", ".gitattributes", ".gitignore", "models/.gitignore")
RELEASES = 2
MODULES = "import sys; from claims.cli import app; app({0}, standalone_mode=False); print(*sys.modules)"

Command = Callable[..., Result]


@pytest.fixture(scope="session")
def unreleased(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in which everything is ready to be released, but for the network that a run trains."""
    if shutil.which("git-lfs") is None:
        pytest.skip("Git LFS is not installed")
    root = tmp_path_factory.mktemp("mirror") / "unreleased"
    write_all(root / "metrics")
    for name in (
        *FILES,
        ".dvc/config",
        ".dvc/.gitignore",
        "contracts/professional.yaml",
        "metrics/model_card.md",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    (root / "dvc.yaml").write_text("stages: {}\n")
    (root / "models" / "candidate" / "saved_model").mkdir(parents=True)
    (root / "models" / "candidate" / "saved_model" / "saved_model.pb").write_bytes(b"saved")
    write_model(root, b"first")
    for arguments in (
        ["init", "-q"],
        ["config", "user.name", "Tests"],
        ["config", "user.email", "tests@localhost"],
        ["lfs", "install", "--local"],
        ["add", "-A"],
        ["commit", "-qm", "start"],
    ):
        Git(root).text(*arguments)
    return root


@pytest.fixture(scope="session")
def released(unreleased: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with releases of which no mirror knows."""
    root = tmp_path_factory.mktemp("mirror") / "released"
    shutil.copytree(unreleased, root)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        patch.chdir(root)
        for number in range(1, RELEASES + 1):
            write_model(root, b"model %d" % number)
            assert claims("release", "--unsigned", "--why", f"number {number}").exit_code == 0
    return root


def write_model(root: Path, content: bytes) -> None:
    """A packed model that no interpreter could run: a mirror carries bytes."""
    packed = seal_and_join(b"\0\0\0\0TFL3" + content, dict.fromkeys(CONTENTS, "{}"))
    (root / "models" / "claims_model.tflite").write_bytes(packed)


def claims(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def done(*arguments: str) -> Result:
    """Of a command that has to succeed."""
    result = claims(*arguments)
    assert result.exit_code == 0, result.output
    return result


def promote(number: int, environment: str = "production") -> Result:
    return done("promote", str(number), "--to", environment, "--why", "better")


@pytest.fixture(autouse=True)
def _nothing_turned_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the caller's names a server."""
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI", "MLFLOW_EXPERIMENT_NAME"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def checkout(released: Path, tmp_path: Path, monkeypatch) -> Registry:
    """With releases, as the working directory."""
    shutil.copytree(released, tmp_path / "checkout")
    monkeypatch.chdir(tmp_path / "checkout")
    return Registry()


@pytest.fixture
def client(mlflow_server: str, monkeypatch) -> Iterator[MlflowClient]:
    """Of a server that is turned on and has no registered model."""
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "mirror")  # of all tests, so that most runs are logged once
    monkeypatch.setenv("MLFLOW_TRACKING_URI", mlflow_server)
    mlflow_client = MlflowClient(mlflow_server)
    yield mlflow_client
    if mlflow_client.search_registered_models(f"name = '{NAME}'"):
        mlflow_client.delete_registered_model(NAME)


def versions(client: MlflowClient) -> dict[str, str]:
    """Version by the number of its release."""
    registered = client.search_model_versions(f"name = '{NAME}'")
    return {version.tags["release"]: version.version for version in registered if "release" in version.tags}


def named(client: MlflowClient, alias: str) -> str | None:
    """Number of the release that an alias names."""
    try:
        return client.get_model_version_by_alias(NAME, alias).tags["release"]
    except MlflowException:
        return None


def everything(client: MlflowClient) -> tuple[object, ...]:
    """All that the registry holds, with the times of the last change."""
    model = client.get_registered_model(NAME)
    registered = client.search_model_versions(f"name = '{NAME}'")
    parts = [(v.version, v.tags, v.run_id, v.source, v.last_updated_timestamp) for v in registered]
    return model.aliases, model.tags, model.last_updated_timestamp, parts


def runs(client: MlflowClient) -> list[str]:
    experiment = client.get_experiment_by_name("mirror")
    return [run.info.run_id for run in client.search_runs([experiment.experiment_id])]


@pytest.fixture
def first(unreleased: Path, tmp_path: Path, monkeypatch) -> Registry:
    """Without a release, as the working directory."""
    shutil.copytree(unreleased, tmp_path / "first")
    monkeypatch.chdir(tmp_path / "first")
    return Registry()


def test_a_release_becomes_a_version_with_its_files_and_what_its_record_says(first, client, tmp_path) -> None:
    result = done("release", "--unsigned", "--why", "the first")
    assert result.stdout == "1\n"
    record = first.record(1)
    (version,) = client.search_model_versions(f"name = '{NAME}'")
    assert version.tags == {
        "identity": record.identity,
        "release": "1",
        "git_commit": record.code.commit,
        "data_checksum": record.data.checksum,
        "variant": record.variant,
    }
    files = Path(client.download_artifacts(version.run_id, "model", str(tmp_path / "files")))
    assert version.source.endswith(f"{version.run_id}/artifacts/model")
    assert (files / "1.tflite").read_bytes() == first.model_path(1).read_bytes()
    assert (files / "1.json").read_bytes() == first.record_path(1).read_bytes()
    assert {path.name for path in files.iterdir()} == {"1.tflite", "1.json", "1.md", "1.html"}
    run = client.get_run(version.run_id).data
    assert run.metrics["variant/roc_auc"] == record.metrics["variant"]["roc_auc"]
    assert run.params["train.learning_rate"] == str(record.params["train"]["learning_rate"])
    assert run.tags["mlflow.source.git.commit"] == record.code.commit


def test_promotion_and_rollback_move_the_aliases(checkout, client, tmp_path) -> None:
    promote(1)
    assert (named(client, "champion"), named(client, "challenger")) == ("1", None)
    promote(2, "staging")
    assert (named(client, "champion"), named(client, "challenger")) == ("1", "2")
    promote(2)
    assert named(client, "champion") == "2"
    files = Path(download_artifacts(f"models:/{NAME}@champion", dst_path=str(tmp_path / "served")))
    assert (files / "2.tflite").read_bytes() == checkout.model_path(2).read_bytes()
    done("rollback", "--why", "worse after all")
    assert (named(client, "champion"), named(client, "challenger")) == ("1", "2")


def test_archiving_tags_the_version(checkout, client) -> None:
    done("archive", "2", "--why", "a wrong source")
    tags = {number: client.get_model_version(NAME, v).tags for number, v in versions(client).items()}
    assert {number: tagged.get("archived") for number, tagged in tags.items()} == {"1": None, "2": "true"}


def test_a_mirror_that_was_behind_is_repaired_whatever_its_versions_are_called(
    checkout, client, monkeypatch
) -> None:
    address = os.environ["MLFLOW_TRACKING_URI"]
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    promote(1)
    promote(2)
    done("archive", "1", "--why", "old")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
    client.create_registered_model(NAME)
    client.create_model_version(NAME, "s3://elsewhere/model", tags={"owner": "another"})
    lines = done("mirror").stdout.splitlines()
    assert versions(client) == {"1": "2", "2": "3"}
    assert (named(client, "champion"), named(client, "challenger")) == ("2", None)
    assert client.get_model_version(NAME, "2").tags["archived"] == "true"
    assert client.get_model_version(NAME, "1").tags == {"owner": "another"}
    assert lines[:2] == [f"release {n} is version {n + 1} of {NAME}" for n in (1, 2)]
    assert lines[-1].endswith("is in step with models/releases/log.jsonl")


def test_run_twice_it_changes_nothing(checkout, client) -> None:
    promote(1)
    before, logged = everything(client), runs(client)
    assert len(versions(client)) == RELEASES
    (line,) = done("mirror").stdout.splitlines()
    assert "is in step" in line
    assert everything(client) == before
    assert runs(client) == logged


def move_alias(client: MlflowClient) -> None:
    client.set_registered_model_alias(NAME, "champion", versions(client)["2"])


def alter_tag(client: MlflowClient) -> None:
    client.set_model_version_tag(NAME, versions(client)["1"], "data_checksum", "0" * 64)


def mark_archived(client: MlflowClient) -> None:
    client.set_model_version_tag(NAME, versions(client)["1"], "archived", "true")


def drop_version(client: MlflowClient) -> None:
    client.delete_model_version(NAME, versions(client)["1"])


def add_alias(client: MlflowClient) -> None:
    client.set_registered_model_alias(NAME, "challenger", versions(client)["2"])


@pytest.mark.parametrize("damage", [move_alias, alter_tag, mark_archived, drop_version, add_alias])
def test_what_was_changed_on_the_server_is_set_back(checkout, client, damage) -> None:
    promote(1)
    identity, logged = checkout.record(1).identity, runs(client)
    damage(client)
    assert len(done("mirror").stdout.splitlines()) > 1
    champion = client.get_model_version_by_alias(NAME, "champion")
    assert champion.tags["identity"] == identity
    assert champion.tags["data_checksum"] == checkout.record(1).data.checksum
    assert "archived" not in champion.tags
    assert named(client, "challenger") is None
    assert runs(client) == logged
    assert len(done("mirror").stdout.splitlines()) == 1


def test_a_server_that_is_down_keeps_nobody_from_releasing(first, monkeypatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", NOWHERE)
    result = done("release", "--unsigned", "--why", "the first")
    assert result.stdout == "1\n"
    assert first.numbers() == [1]
    assert Git(first.root).text("status", "--porcelain") == ""
    warning = [
        line for line in result.stderr.splitlines() if line.startswith("claims: done, but not mirrored")
    ]
    assert len(warning) == 1
    assert warning[0].endswith("Then run `claims mirror`.")
    assert "secret" not in result.output


def test_a_server_that_is_down_stops_the_repair_alone(checkout, client, monkeypatch) -> None:
    address = os.environ["MLFLOW_TRACKING_URI"]
    monkeypatch.setenv("MLFLOW_TRACKING_URI", NOWHERE)
    assert "not mirrored: mlflow: http://me:***@127.0.0.1:1: " in promote(2).stderr
    assert "not mirrored" in done("archive", "1", "--why", "old").stderr
    live = checkout.state().live("production")
    assert live is not None
    assert live.release == 2
    refused = claims("mirror")
    assert refused.exit_code == 1
    assert refused.stderr.startswith("claims: mlflow: http://me:***@127.0.0.1:1: ")
    assert "mend or unset MLFLOW_TRACKING_URI" in refused.stderr
    assert "secret" not in refused.output
    monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
    done("mirror")
    assert named(client, "champion") == "2"
    assert client.get_model_version(NAME, versions(client)["1"]).tags["archived"] == "true"


class Other(BaseHTTPRequestHandler):
    """A web server that is no MLflow: it answers everything with the same page."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>welcome</html>")

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def other_server() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Other) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("address", ["{other}", "ftp://127.0.0.1/x", "sqlite:////proc/none/mlflow.db"])
def test_an_address_of_something_else_is_one_line(checkout, monkeypatch, other_server, address) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", address.format(other=other_server))
    assert "claims: done, but not mirrored: mlflow: " in promote(1).stderr
    refused = claims("mirror")
    assert refused.exit_code == 1
    assert refused.stderr.splitlines()[-1].startswith("claims: mlflow: ")


def test_a_checkout_that_is_behind_does_not_take_the_aliases_back(
    checkout, client, tmp_path, monkeypatch
) -> None:
    promote(1)
    shutil.copytree(checkout.root, tmp_path / "behind")
    promote(2)
    before = everything(client)
    monkeypatch.chdir(tmp_path / "behind")
    refused = claims("mirror")
    assert refused.exit_code == 1
    assert "entries that this checkout does not have. `git pull`" in refused.stderr
    assert "not mirrored" in promote(2, "staging").stderr
    assert everything(client) == before
    done("mirror", "--force")
    assert (named(client, "champion"), named(client, "challenger")) == ("1", "2")


def test_a_pointer_is_not_registered_as_a_model(checkout, client) -> None:
    path = checkout.model_path(2)
    model = path.read_bytes()
    path.write_text("version https://git-lfs.github.com/spec/v1\n")
    assert "`git lfs pull`" in promote(1).stderr
    assert claims("mirror").exit_code == 1
    assert "2" not in versions(client)
    path.write_bytes(model)
    done("mirror")
    assert (named(client, "champion"), set(versions(client))) == ("1", {"1", "2"})


def test_a_model_of_another_release_is_not_registered(checkout, client) -> None:
    checkout.model_path(1).write_bytes(checkout.model_path(2).read_bytes())
    refused = claims("mirror")
    assert refused.exit_code == 1
    assert "1.tflite: holds another record. Restore it: `git checkout HEAD -- models/" in refused.stderr
    assert versions(client) == {}


def test_an_altered_record_is_not_mirrored(checkout, client) -> None:
    text = checkout.record_path(1).read_text().replace('"number":1', '"number":9')
    checkout.record_path(1).write_text(text)
    refused = claims("mirror")
    assert refused.exit_code == 1
    assert "not the record that was released, by the log" in refused.stderr
    assert versions(client) == {}


def test_a_password_in_the_source_is_not_sent(first, client) -> None:
    params = Path("params.yaml")
    settings = yaml.safe_load(params.read_text())
    changed = params.read_text().replace(
        settings["source"]["url"], "postgresql+psycopg://me:secret@host/claims"
    )
    params.write_text(changed.replace(settings["source"]["watch"], "data/mark.json"))
    Git(first.root).text("commit", "-qam", "a server")
    done("release", "--unsigned", "--why", "the first")
    (version,) = client.search_model_versions(f"name = '{NAME}'")
    assert (
        client.get_run(version.run_id).data.params["source.url"] == "postgresql+psycopg://me:***@host/claims"
    )


def test_without_a_release_there_is_nothing_to_mirror(first, client) -> None:
    assert "is in step" in done("mirror").stdout
    assert client.search_registered_models() == []


def test_without_the_variable_the_command_names_it(checkout) -> None:
    refused = claims("mirror")
    assert refused.exit_code == 1
    assert refused.stderr.startswith("claims: MLFLOW_TRACKING_URI: not set. ")


@pytest.mark.parametrize("variable", [{}, {"MLFLOW_TRACKING_URI": ""}])
def test_without_the_variable_nothing_of_mlflow_is_imported(checkout, variable) -> None:
    code = MODULES.format(["promote", "1", "--to", "production", "--why", "better"])
    environment = os.environ | variable
    result = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    said, modules = result.stdout.splitlines()
    assert said == "release 1 is on production"
    assert result.stderr == ""
    assert {"mlflow", "claims.mirrors.mlflow", "claims.tracking.mlflow"}.isdisjoint(modules.split())


def test_a_missing_package_is_named_with_the_remedy(checkout, client, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "mlflow", None)
    monkeypatch.delitem(sys.modules, "claims.mirrors.mlflow", raising=False)
    monkeypatch.delitem(sys.modules, "claims.tracking.mlflow", raising=False)
    assert "Install the extra mlflow" in promote(1).stderr
