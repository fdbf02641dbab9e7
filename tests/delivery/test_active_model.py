"""The active model of an environment: one line of configuration, and what Kubernetes makes of it."""

import re
import shutil
import subprocess
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from delivery.conftest import tool
from workspaces import ROOT, Workspace

ENVIRONMENTS = ("staging", "production")
ACTIVE = "deploy/kubernetes/overlays/{}/active-model.env"


def kustomize_is_missing() -> str:
    """Why overlays cannot be built here; nothing where they can."""
    if shutil.which("kubectl") is None:
        return "kubectl is not installed"
    said = subprocess.run(["kubectl", "version", "--client"], capture_output=True, text=True, check=False)
    version = re.search(r"Kustomize Version: v(\d+)", said.stdout)
    return "" if version and int(version[1]) >= 4 else "kubectl holds no kustomize of version 4 or later"


needs_kustomize = pytest.mark.skipif(bool(kustomize_is_missing()), reason=kustomize_is_missing())


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """The manifests, and two releases."""
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    for number in (1, 2):
        for name in (f"tflite_models/claims_model/{number}.tflite", f"releases/{number}.json"):
            file = tmp_path / "models" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("{}")
    return Workspace(tmp_path)


def built(workspace: Workspace, environment: str) -> dict[str, dict]:
    """What an overlay applies, by kind."""
    text = workspace.run("kubectl", "kustomize", f"deploy/kubernetes/overlays/{environment}").stdout
    return {manifest["kind"]: manifest for manifest in yaml.safe_load_all(text)}


def container(overlay: dict[str, dict]) -> dict:
    return overlay["Deployment"]["spec"]["template"]["spec"]["containers"][0]


def test_an_environment_gets_the_model_and_no_other_file_changes(workspace: Workspace) -> None:
    before = workspace.bytes_of("deploy")
    done = tool("set_active_model", workspace, "2", "--environment", "staging")
    folder = "/srv/claims/models/tflite_models/claims_model"
    assert done.stdout == f"staging: ML_MODEL_PATH {folder}/1.tflite → {folder}/2.tflite\n"
    after = workspace.bytes_of("deploy")
    assert [name for name in after if after[name] != before.get(name)] == [ACTIVE.format("staging")]
    assert b"claims_model/2.tflite\n" in after[ACTIVE.format("staging")]


@pytest.mark.parametrize("missing", ["tflite_models/claims_model/2.tflite", "releases/2.json"])
def test_a_release_that_is_not_whole_is_refused(workspace: Workspace, missing: str) -> None:
    workspace.path(f"models/{missing}").unlink()
    before = workspace.bytes_of("deploy")
    refused = tool("set_active_model", workspace, "2", "--environment", "staging")
    assert refused.returncode == 1
    assert f"set_active_model: release 2: no models/{missing}" in refused.stderr
    assert workspace.bytes_of("deploy") == before


def test_an_unknown_environment_is_refused_with_those_that_are_there(workspace: Workspace) -> None:
    refused = tool("set_active_model", workspace, "2", "--environment", "prod")
    assert refused.returncode == 1
    assert "Environments: production, staging." in refused.stderr


def test_a_file_with_two_models_is_refused(workspace: Workspace) -> None:
    file = workspace.path(ACTIVE.format("staging"))
    file.write_text("ML_MODEL_PATH=a\nML_MODEL_PATH=b\n")
    refused = tool("set_active_model", workspace, "2", "--environment", "staging")
    assert "2 lines that begin with ML_MODEL_PATH=" in refused.stderr
    assert file.read_text() == "ML_MODEL_PATH=a\nML_MODEL_PATH=b\n"


@needs_kustomize
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_manifest_is_what_kubernetes_accepts(workspace: Workspace, environment: str) -> None:
    overlay = built(workspace, environment)
    assert overlay.keys() == {"ConfigMap", "Deployment", "Service"}
    for version in ("1.30", kubernetes_validate.latest_version()):
        for manifest in overlay.values():
            kubernetes_validate.validate(manifest, version, strict=True)


@needs_kustomize
def test_a_misspelt_field_is_noticed(workspace: Workspace) -> None:
    workspace.replace("deploy/kubernetes/base/deployment.yaml", {"readinessProbe": "readyProbe"})
    with pytest.raises(kubernetes_validate.ValidationError, match="readyProbe"):
        kubernetes_validate.validate(built(workspace, "staging")["Deployment"], "1.30", strict=True)


@needs_kustomize
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_container_reads_its_model_path_from_the_config_map(
    workspace: Workspace, environment: str
) -> None:
    overlay = built(workspace, environment)
    config, runs = overlay["ConfigMap"], container(overlay)
    assert runs["envFrom"] == [{"configMapRef": {"name": config["metadata"]["name"]}}]
    mounts = [mount["mountPath"] for mount in runs["volumeMounts"] if mount["name"] == "models"]
    assert config["data"]["ML_MODEL_PATH"].startswith(f"{mounts[0]}/tflite_models/claims_model/")


@needs_kustomize
def test_another_model_replaces_the_containers_of_that_environment_alone(workspace: Workspace) -> None:
    before = {environment: built(workspace, environment) for environment in ENVIRONMENTS}
    tool("set_active_model", workspace, "2", "--environment", "staging")
    after = {environment: built(workspace, environment) for environment in ENVIRONMENTS}
    assert after["production"] == before["production"]
    assert after["staging"]["ConfigMap"]["data"]["ML_MODEL_PATH"].endswith("/2.tflite")
    pods = [applied["staging"]["Deployment"]["spec"]["template"] for applied in (before, after)]
    assert pods[0] != pods[1]


@needs_kustomize
def test_no_container_leaves_before_its_successor_is_ready(workspace: Workspace) -> None:
    overlay = built(workspace, "production")
    assert overlay["Deployment"]["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert {"startupProbe", "readinessProbe", "livenessProbe"} <= container(overlay).keys()


@needs_kustomize
def test_the_container_has_no_more_rights_than_it_needs(workspace: Workspace) -> None:
    overlay = built(workspace, "production")
    pod, runs = overlay["Deployment"]["spec"]["template"]["spec"], container(overlay)
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    assert runs["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert runs["resources"].keys() == {"requests", "limits"}
    assert all(mount.get("readOnly") for mount in runs["volumeMounts"] if mount["name"] == "models")
